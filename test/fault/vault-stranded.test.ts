import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { shows } from "./faults.ts";
import { KINDS, vaultWorld } from "./vault-world.ts";

const PROGRAM = fileURLToPath(new URL("./stranded-agent.ts", import.meta.url));

describe.each(KINDS)("an agent killed between a stream in %s and its manifest", (kind) => {
  it("leaves an orphan, never a backup", { tags: shows(kind, 2) }, async () => {
    await using one = await vaultWorld(kind);
    const programs = descendantsOf(process.pid);
    const before = await one.backup();
    const live = await one.app.state();
    const args = ["--no-warnings", PROGRAM, one.dir, one.app.folder, kind];
    const agent = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    const [, signal] = await once(agent, "exit");
    expect(signal).toBe("SIGKILL");

    const streams: string[] = [];
    for await (const { object } of one.ctx.vault("gudang").streams()) streams.push(object);
    expect(streams).toHaveLength(2);
    expect(await one.offered()).toEqual([before.manifest.id]);
    expect((await one.watch(0.5)).orphans).toBe(0);
    expect((await one.watch(2)).orphans).toBe(1);
    expect(await one.offered()).toEqual([before.manifest.id]);
    await assertInvariants({
      agent: one,
      live: { now: await one.app.state(), allowed: [live] },
      backups: [before.manifest.id],
      remains: await one.app.remains(),
      programs,
    });
    // A chain knows manifests only.
    const next = await one.backup(2);
    expect(next.manifest.previous).toBe(before.summary.manifest);
  });
});
