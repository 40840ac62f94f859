import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { sourceOf } from "#agent/engines/vm/source.ts";
import { eventually } from "#support/eventually.ts";
import { descendantsOf, isAlive } from "#support/proc.ts";
import { tempDir } from "#support/temp-dir.ts";

it("no server of an image outlives a reader that dies before the two have agreed", async () => {
  await using dir = await tempDir();
  // It serves nobody: its reader never comes to an end of its own.
  const server = join(dir.path, "qemu-nbd");
  await writeFile(server, "#!/bin/sh\nexec sleep 600\n");
  await chmod(server, 0o755);
  const { argv } = sourceOf({ name: "vda", format: "raw" }, join(dir.path, "image"));
  const reader = spawn("nbdcopy", ["--", ...argv, "-"], {
    env: { PATH: `${dir.path}:${process.env["PATH"]}` },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await once(reader, "spawn");
  const pid = reader.pid ?? 0;
  const isServing = (one: number) => readFileSync(`/proc/${one}/comm`, "utf8") === "sleep\n";
  await eventually("the server is there", () => descendantsOf(pid).some(isServing));
  const servers = descendantsOf(pid);
  onTestFinished(() => {
    for (const one of servers.filter(isAlive)) process.kill(one, "SIGKILL");
  });
  reader.kill("SIGKILL");
  await once(reader, "exit");
  await eventually("the server is gone", () => !servers.some(isAlive));
  expect(servers).toHaveLength(1);
});
