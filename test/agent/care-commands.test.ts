import { randomBytes } from "node:crypto";
import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { lockTarget } from "#agent/care/target-lock.ts";
import type { AgentConfig } from "#agent/config.ts";
import { loadOrCreateKey, saveIdentity } from "#agent/key.ts";
import { beginRestoreJournal } from "#agent/restore/restore-journal.ts";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";
import { command, startAgent } from "./agent-process.ts";
import { furnish } from "./workshop.ts";

const LARGE_BYTES = 256 * 1024 * 1024;

interface Site extends AsyncDisposable {
  readonly directory: string;
  readonly config: AgentConfig;
  /** Runs a command with the site's config and reads its JSON answer. */
  run(...args: readonly string[]): Promise<{ code: number | null; answer: never; stderr: string }>;
  readonly file: string;
}

async function enrolledSite(more: readonly object[] = []): Promise<Site> {
  const dir = await tempDir();
  const { config } = await furnish(dir.path, "http://127.0.0.1:9");
  const key = await loadOrCreateKey(config.data);
  await saveIdentity(config.data, { agent: "agent-1", server: { jwk: key.jwk } });
  const file = join(dir.path, "agen.yaml");
  const whole = { ...config, targets: [...config.targets, ...more] };
  await writeFile(file, stringify(whole), { mode: 0o600 });
  return {
    directory: dir.path,
    config,
    file,
    async run(...args) {
      const { code, stdout, stderr } = await command(...args, "--config", file, "--json");
      return { code, answer: (stdout === "" ? null : JSON.parse(stdout)) as never, stderr };
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** Cuts the one stored stream; manifests are JSON, streams are not. */
async function corruptStream({ directory }: Site): Promise<void> {
  const vault = join(directory, "brankas");
  for (const name of await readdir(vault, { recursive: true })) {
    const path = join(vault, name);
    const found = await stat(path);
    if (!found.isFile() || found.size < 500) continue;
    const isManifest = (await readFile(path)).subarray(0, 1).toString() === "{";
    if (!isManifest) await truncate(path, Math.floor(found.size / 2));
  }
}

describe("the operator's own work on a target", () => {
  test("looks first, backs up, drills, reads back, and lists how far each backup is proved", async () => {
    await using site = await enrolledSite();
    const dry = await site.run("backup", "db", "--dry-run");
    expect(dry).toMatchObject({
      code: 0,
      answer: { plan: { alias: "db", engine: "sqlite", vault: "brankas", fits: true } },
      stderr: "",
    });
    expect(await readdir(join(site.directory, "brankas")).catch(() => [])).toEqual([]);

    const made = await site.run("backup", "db");
    expect(made.code).toBe(0);
    const { backup } = made.answer as { backup: { id: string } };
    const before = await site.run("backups", "db");
    expect(before.answer).toMatchObject({
      backups: [{ id: backup.id, proof: null, damaged: false, ageSeconds: expect.any(Number) }],
    });
    const drill = await site.run("drill", "db");
    expect(drill).toMatchObject({
      code: 0,
      answer: { drill: { ok: true, level: "L3", backup: backup.id } },
      stderr: "",
    });
    const read = await site.run("verify", "db");
    expect(read).toMatchObject({
      code: 0,
      answer: { backup: { id: backup.id }, check: { readable: true, level: "L0" } },
    });
    const deeper = await site.run("verify", "db", "--tingkat", "L4", "--backup", backup.id);
    expect(deeper).toMatchObject({ code: 0, answer: { drill: { ok: true, level: "L4" } } });
    const after = await site.run("backups");
    expect(after.answer).toMatchObject({ backups: [{ proof: { level: "L4" } }] });
    const words = await command("backups", "--config", site.file);
    expect(words.stdout).toMatch(/^CADANGAN .* UMUR +UKURAN +TERBUKTI/);
  });

  test("ends with 21 where the backup is damaged, and lists it as such", async () => {
    await using site = await enrolledSite();
    const made = await site.run("backup", "db");
    const { backup } = made.answer as { backup: { id: string } };
    await corruptStream(site);
    expect(await site.run("verify", "db")).toMatchObject({
      code: 21,
      answer: { check: { readable: false } },
    });
    expect(await site.run("drill", "db", "--backup", backup.id)).toMatchObject({
      code: 21,
      answer: { drill: { ok: false, error: "VAULT_CORRUPT" } },
    });
    const listed = await site.run("backups");
    expect(listed.answer).toMatchObject({ backups: [{ id: backup.id, damaged: true }] });
    const none = await site.run("drill", "db");
    expect(none).toMatchObject({ code: 4, answer: null });
  });

  test("is refused beside other work on the target, and over a restore without an end", async () => {
    await using site = await enrolledSite();
    const other = await lockTarget(site.config.data, "db");
    for (const args of [["backup"], ["backup", "--dry-run"], ["verify"], ["drill"]]) {
      const { code, answer, stderr } = await site.run(...args, "db");
      expect([code, answer], args.join(" ")).toEqual([5, null]);
      expect(JSON.parse(stderr)).toMatchObject({ galat: { code: "AGENT_TARGET_BUSY" } });
    }
    await other[Symbol.asyncDispose]();
    const journal = await beginRestoreJournal(site.config.data, {
      step: "begin",
      at: new Date().toISOString(),
      job: "job-1",
      targets: [{ alias: "db", engine: "sqlite", backup: "b1" }],
    } as Parameters<typeof beginRestoreJournal>[1]);
    await journal.close();
    const { code, stderr } = await site.run("backup", "db");
    expect(code).toBe(20);
    expect(JSON.parse(stderr)).toMatchObject({ galat: { code: "ENGINE_NEEDS_HUMAN" } });
  });

  test("names what is wrong with a level, an alias or a backup", async () => {
    await using site = await enrolledSite();
    await site.run("backup", "db");
    const cases = [
      [["verify", "db", "--tingkat", "L9"], 2, "INPUT_INVALID"],
      [["verify", "db", "--tingkat", "L5"], 2, "INPUT_INVALID"],
      [["drill", "lain"], 2, "WORKFLOW_TARGET"],
      [["drill", "db", "--backup", "tidak-ada"], 4, "VAULT_BACKUP_UNKNOWN"],
    ] as const;
    for (const [args, exitCode, code] of cases) {
      const ended = await site.run(...args);
      expect(JSON.parse(ended.stderr).galat.code, args.join(" ")).toBe(code);
      expect(ended.code, args.join(" ")).toBe(exitCode);
    }
  });

  test("that is interrupted ends with 130, and nothing of it is left", async () => {
    await using large = await tempDir();
    await writeFile(join(large.path, "acak"), randomBytes(LARGE_BYTES));
    await using site = await enrolledSite([
      {
        alias: "besar",
        engine: "directory",
        vault: "brankas",
        direktori: large.path,
        izin: ["backup"],
      },
    ]);

    await using agent = startAgent("backup", "besar", "--config", site.file);
    await eventually("copying", () => agent.stderr.includes("Menyalin isi sasaran"), 60_000);
    agent.signal("SIGINT");
    const ended = await agent.ended;
    expect(ended.stderr).toContain("JOB_CANCELLED");
    expect(ended.code).toBe(130);
    expect((await site.run("backups")).answer).toEqual({ backups: [] });
    const left = await readdir(join(site.directory, "brankas"), { recursive: true });
    expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
    const again = await lockTarget(site.config.data, "besar");
    await again[Symbol.asyncDispose]();
  }, 120_000);
});
