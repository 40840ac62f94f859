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

/** What would serve an image, but never comes to an end of its own. */
async function standIn(dir: string): Promise<{ env: NodeJS.ProcessEnv; argv: readonly string[] }> {
  const server = join(dir, "qemu-nbd");
  await writeFile(server, "#!/bin/sh\nexec sleep 600\n");
  await chmod(server, 0o755);
  const { argv } = sourceOf({ name: "vda", format: "raw" }, join(dir, "image"));
  return { env: { PATH: `${dir}:${process.env["PATH"]}` }, argv };
}

it("no server of an image outlives a reader that dies before the two have agreed", async () => {
  await using dir = await tempDir();
  const { env, argv } = await standIn(dir.path);
  const reader = spawn("nbdcopy", ["--", ...argv, "-"], {
    env,
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

it("no server of an image begins once another has become its parent", async () => {
  await using dir = await tempDir();
  const { env, argv } = await standIn(dir.path);
  const [program = "", ...args] = argv.slice(1, -1);
  const server = spawn(program, args, { env, stdio: "inherit", timeout: 10_000 });
  expect(await once(server, "exit")).toEqual([1, null]);
});
