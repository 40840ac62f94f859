import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkBackup } from "#agent/backup/check-backup.ts";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import { signEnvelope } from "#domain/trust/dsse.ts";
import { MANIFEST_TYPE } from "#protocol/manifest.ts";
import { workContext } from "#support/work-context.ts";
import { backUp, requestFor, world } from "./restore-frame-world.ts";

describe("backup", () => {
  it("exists by a signed manifest that tells what was stored, and by nothing else", async () => {
    await using one = await world();
    expect(await one.ctx.vault("gudang").prepare()).toBeUndefined();
    expect(await listBackups(one.ctx, null)).toEqual([]);
    const [database] = await backUp(one);
    const listed = await listBackups(one.ctx, "basis-data");
    expect(listed).toEqual([database]);
    expect(database?.manifest).toMatchObject({
      agent: "agen-uji",
      job: "job-1",
      epoch: 1,
      purpose: "backup",
      endMarkerSeen: true,
    });
    expect(database?.summary.bytes).toBe(database?.manifest.receipt.bytes);
    expect(database?.manifest.content.entries).toContainEqual(
      expect.objectContaining({ name: "table pegawai", count: 2_000 }),
    );
    expect(await readdir(join(one.vaultDir, "manifests"))).toHaveLength(2);
  });

  it("is listed newest first, by target or for all", async () => {
    await using one = await world();
    const first = await backUp(one);
    const second = await backUp(one);
    const times = (await listBackups(one.ctx, null)).map(({ summary }) => summary.finishedAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(times).toHaveLength(4);
    const ofFiles = await listBackups(one.ctx, "berkas");
    expect(ofFiles.map(({ summary }) => summary.id)).toEqual([
      second[1]?.summary.id,
      first[1]?.summary.id,
    ]);
  });

  it("is not offered when its manifest is forged, altered, moved or not a manifest", async () => {
    await using one = await world();
    const [database] = await backUp(one);
    const folder = join(one.vaultDir, "manifests");
    const path = join(folder, `${database?.summary.id}.json`);
    const whole = await readFile(path, "utf8");
    const envelope = JSON.parse(whole);
    const payload = Buffer.from(envelope.payload, "base64");
    const stranger = (await crypto.subtle.generateKey("Ed25519", false, [
      "sign",
      "verify",
    ])) as CryptoKeyPair;
    const forged = await signEnvelope(
      { id: "agen-uji", privateKey: stranger.privateKey },
      MANIFEST_TYPE,
      payload,
    );
    const altered = payload.toString().replace('"epoch":1', '"epoch":2');
    await writeFile(path, JSON.stringify(forged));
    await writeFile(join(folder, "pindah.json"), whole);
    await writeFile(join(folder, "bukan.json"), "{}");
    await writeFile(join(folder, "rusak.json"), "bukan JSON");
    await writeFile(
      join(folder, "ubah.json"),
      JSON.stringify({ ...envelope, payload: Buffer.from(altered).toString("base64") }),
    );
    expect(await listBackups(one.ctx, "basis-data")).toEqual([]);
    expect(one.logged.filter(({ message }) => /does not verify/.test(message))).toHaveLength(5);
  });

  it("is refused where the operator's list does not permit it or does not know the target", async () => {
    await using one = await world();
    await using forbidden = await workContext({
      targets: one.app.targets.map((target) => ({ ...target, izin: ["check" as const] })),
    });
    const run = (alias: string) => runBackup(forbidden.ctx, forbidden.work(), alias, "backup");
    await expect(run("basis-data")).rejects.toMatchObject({ code: "AGENT_POLICY" });
    await expect(run("lain")).rejects.toMatchObject({ code: "WORKFLOW_TARGET" });
  });

  it("is read whole by a check, which tells damage as a finding", async () => {
    await using one = await world();
    const [database] = await backUp(one);
    if (!database) throw new Error("no backup");
    const { id, manifest, bytes } = database.summary;
    const check = (sha256: string) => checkBackup(one.ctx, one.work(), "basis-data", id, sha256);
    expect(await check(manifest)).toEqual({
      summary: database.summary,
      check: { readable: true, bytes, level: "L0" },
    });
    await expect(check("0".repeat(64))).rejects.toMatchObject({ code: "VAULT_MANIFEST" });
    await expect(checkBackup(one.ctx, one.work(), "berkas", id, manifest)).rejects.toMatchObject({
      code: "VAULT_MANIFEST",
    });
    const object = join(one.vaultDir, "objects", database.manifest.receipt.object);
    await truncate(object, Math.floor((await readFile(object)).length / 2));
    expect((await check(manifest)).check.readable).toBe(false);
  });
});

describe("restore", () => {
  it("brings a whole application back and tells figures that prove it", async () => {
    await using one = await world();
    const wanted = await one.app.content();
    const backups = await backUp(one);
    await one.app.damage();
    expect(await one.app.content()).not.toEqual(wanted);
    const results = await runRestore(one.ctx, one.work(), requestFor("job-1", backups));

    expect(await one.app.content()).toEqual(wanted);
    const names = sideNames("job-1");
    expect((await one.app.remains()).sort()).toEqual([
      `berkas.${names.old}`,
      `data.db.${names.old}`,
    ]);
    for (const [index, result] of results.entries()) {
      const content = backups[index]?.manifest.content.digest;
      expect(result.backup).toEqual(backups[index]?.summary);
      expect(result.restore).toMatchObject({
        expected: content,
        liveAfter: content,
        digestsEqual: true,
      });
      expect(result.restore?.liveBefore).not.toBe(content);
      expect(result.restore?.kept).toContain(names.old);
      expect(result.restore?.kept).not.toContain("/");
    }
    expect(results[0]?.restore).toMatchObject({ units: 3, rows: 2_004 });
    await one.app.write();
    expect(await resumeRestores(one.ctx)).toEqual([]);
  });

  it("takes a safety backup of the damaged state, which can be restored in turn", async () => {
    await using one = await world();
    const backups = await backUp(one);
    await one.app.damage();
    const damaged = await one.app.content();
    const results = await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
    const all = await listBackups(one.ctx, null);
    const safety = results.flatMap((result) =>
      all.filter(({ summary }) => summary.id === result.restore?.safetyBackup),
    );
    expect(safety.map(({ summary }) => summary.purpose)).toEqual(["safety", "safety"]);
    await runRestore(one.ctx, one.work({ job: "job-2" }), requestFor("job-2", safety));
    expect(await one.app.content()).toEqual(damaged);
  });

  it("goes through its phases in order and tells people no path", async () => {
    await using one = await world();
    const backups = await backUp(one);
    one.told.length = 0;
    await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
    const phases = one.told.map(({ phase, alias }) => `${alias} ${phase}`);
    expect([...new Set(phases)]).toEqual([
      ...["basis-data preflight", "berkas preflight", "basis-data side", "berkas side"],
      ...["basis-data verify", "berkas verify", "basis-data quiesce", "berkas quiesce"],
      ...["basis-data safety", "berkas safety", "basis-data swap", "basis-data check_live"],
      ...["berkas swap", "berkas check_live", "basis-data done", "berkas done"],
    ]);
    for (const { message } of one.told) {
      expect(message).not.toMatch(/[/\\]/);
      expect(message).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("asks for the lease before each swap", async () => {
    await using one = await world();
    const backups = await backUp(one);
    one.told.length = 0;
    const seen: (string | undefined)[] = [];
    const confirmLease = async () => {
      seen.push(one.told.at(-1)?.phase);
    };
    await runRestore(one.ctx, one.work({ confirmLease }), requestFor("job-1", backups));
    expect(seen).toEqual(["safety", "check_live"]);
  });

  it("runs a job once, whatever it is told", async () => {
    await using one = await world();
    const backups = await backUp(one);
    await runRestore(one.ctx, one.work(), requestFor("job-1", backups));
    await one.app.write();
    const written = await one.app.state();
    await expect(
      runRestore(one.ctx, one.work(), requestFor("job-1", backups)),
    ).rejects.toMatchObject({ code: "JOB_STATE" });
    expect(await one.app.state()).toEqual(written);
  });

  it.each<[string, string, (request: ReturnType<typeof requestFor>) => unknown]>([
    [
      "WORKFLOW_TARGET",
      "an unknown target",
      (r) => ({ ...r, choices: [{ alias: "lain", backup: "x" }] }),
    ],
    ["AGENT_BUNDLE", "no target", (r) => ({ ...r, choices: [] })],
    ["AGENT_BUNDLE", "a target twice", (r) => ({ ...r, choices: [...r.choices, ...r.choices] })],
    ["AGENT_BUNDLE", "a backup without an approved manifest", (r) => ({ ...r, manifests: {} })],
    [
      "VAULT_MANIFEST",
      "a manifest other than the approved one",
      (r) => ({
        ...r,
        manifests: Object.fromEntries(r.choices.map(({ backup }) => [backup, "0".repeat(64)])),
      }),
    ],
    [
      "VAULT_MANIFEST",
      "the backup of another target",
      (r) => ({ ...r, choices: [{ alias: "berkas", backup: r.choices[0]?.backup }] }),
    ],
    [
      "VAULT_BACKUP_UNKNOWN",
      "a backup that is not there",
      (r) => ({
        ...r,
        choices: [{ alias: "berkas", backup: "hilang" }],
        manifests: { hilang: "0".repeat(64) },
      }),
    ],
  ])("refuses with %s %s and touches nothing", async (code, _what, spoil) => {
    await using one = await world();
    const backups = await backUp(one);
    await one.app.damage();
    const before = await one.app.state();
    const request = spoil(requestFor("job-1", backups)) as ReturnType<typeof requestFor>;
    await expect(runRestore(one.ctx, one.work(), request)).rejects.toMatchObject({ code });
    expect(await one.app.state()).toEqual(before);
    expect(await one.app.remains()).toEqual([]);
    expect(await listBackups(one.ctx, null)).toHaveLength(2);
  });
});
