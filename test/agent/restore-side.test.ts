import { readdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { loadOrCreateKey, saveIdentity } from "#agent/key.ts";
import { tempDir } from "#support/temp-dir.ts";
import { command } from "./agent-process.ts";
import { furnish } from "./workshop.ts";

test("restore-side makes a copy beside, proves it, says where it is, and removes it again", async () => {
  await using dir = await tempDir();
  const { config } = await furnish(dir.path, "http://127.0.0.1:9");
  const key = await loadOrCreateKey(config.data);
  await saveIdentity(config.data, { agent: "agent-1", server: { jwk: key.jwk } });
  const file = join(dir.path, "agen.yaml");
  await writeFile(file, stringify(config), { mode: 0o600 });
  const target = config.targets.find((one) => one.engine === "sqlite");
  if (target?.engine !== "sqlite") throw new Error("the workshop has no SQLite target");
  const beside = async () =>
    (await readdir(dirname(target.berkas))).filter((name) => /\.[ro]_[0-9a-f]{10}$/.test(name));
  const run = (...args: string[]) => command(...args, "--config", file);
  const runJson = async (...args: string[]) => {
    const { code, stdout } = await run(...args, "--json");
    return { code, answer: stdout === "" ? null : JSON.parse(stdout) };
  };

  const { answer: made } = await runJson("backup", target.alias);
  const { id } = made.backup;
  const none = await run("restore-side", target.alias, "--backup", "lain");
  expect(none.code).not.toBe(0);
  expect(none.stderr).toContain("VAULT_BACKUP_UNKNOWN");

  expect(await runJson("restore-side", target.alias, "--dry-run")).toMatchObject({
    code: 0,
    answer: { backup: { id }, level: null, copy: null },
  });
  expect(await runJson("restore-side", target.alias)).toMatchObject({
    code: 0,
    answer: { level: "L3", copy: null },
  });
  expect(await beside()).toEqual([]);

  const kept = await run("restore-side", target.alias, "--backup", id, "--keep");
  expect(kept.code).toBe(0);
  const [name = ""] = await beside();
  const copy = name.slice(-12);
  expect(kept.stdout).toContain(`--drop ${copy}`);
  expect(kept.stdout).toMatch(/^Cadangan \S+ \(.+\) pulih di samping dan terbukti, tingkat L3\./);
  expect(kept.stderr).toContain("Membuktikan isi salinan samping.");
  const side = new DatabaseSync(join(dirname(target.berkas), name), { readOnly: true });
  expect(side.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n).toBeGreaterThan(0);
  side.close();

  // What a restore has kept is not for this command, whatever it is called by.
  const path = join(dirname(target.berkas), name);
  await rename(path, path.replace(".r_", ".o_"));
  const refused = await runJson("restore-side", target.alias, "--drop", copy.replace("r_", "o_"));
  expect(refused.code).toBe(20);
  await rename(path.replace(".r_", ".o_"), path);
  expect(await runJson("restore-side", target.alias, "--drop", copy, "--keep")).toMatchObject({
    code: 2,
  });
  expect(await runJson("restore-side", target.alias, "--drop", copy)).toMatchObject({
    code: 0,
    answer: { dropped: copy },
  });
  expect(await beside()).toEqual([]);
  expect((await runJson("restore-side", target.alias, "--drop", copy)).code).toBe(20);
}, 300_000);
