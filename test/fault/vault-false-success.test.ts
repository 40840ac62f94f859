/** restic says that all went well, and it did not. */
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { findProgram } from "#agent/process/find-program.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { workContext } from "#support/work-context.ts";
import { shows } from "./faults.ts";
import { ALIAS, type VaultWorld, vaultWorld } from "./vault-world.ts";

const STREAM = '*" --stdin-filename stream "*';
const MANIFEST = '*" --stdin-filename manifest.json "*';
const SUMMARY = `{"message_type":"summary","snapshot_id":"${"a".repeat(64)}","total_bytes_processed":'$BYTES',"data_added":1}`;

describe("a restic first on the PATH that", () => {
  it.each([
    ["stores a stream and says nothing", STREAM, '"$REAL" "$@" >/dev/null', "VAULT_WRITE_FAILED"],
    [
      "takes a stream, stores nothing and says nothing",
      STREAM,
      "cat >/dev/null",
      "VAULT_WRITE_FAILED",
    ],
    ["has read only a part (3)", STREAM, '"$REAL" "$@"; exit 3', "VAULT_WRITE_FAILED"],
    ["ends with a code of the future (77)", STREAM, '"$REAL" "$@"; exit 77', "VAULT_WRITE_FAILED"],
    [
      "tells of a snapshot it never made",
      STREAM,
      `BYTES=$(wc -c); echo '${SUMMARY}'`,
      "VAULT_BACKUP_UNKNOWN",
    ],
    ["stores no manifest and says nothing", MANIFEST, "cat >/dev/null", "VAULT_WRITE_FAILED"],
    ["has stored a part of a manifest (3)", MANIFEST, '"$REAL" "$@"; exit 3', "VAULT_WRITE_FAILED"],
    ["gives nothing back", '*" dump "*', "true", "VAULT_CORRUPT"],
    ["does not say which repository it is", '*" cat config "*', "true", "VAULT_UNREACHABLE"],
    ["answers to nothing", "*", "true", "VAULT_TOOL_MISSING"],
  ])("%s makes the backup fail", async (_what, asked, answer, code) => {
    await using one = await vaultWorld("restic");
    const programs = descendantsOf(process.pid);
    const good = await one.backup();
    const live = await one.app.state();
    await using fake = await fakeRestic(asked, answer);
    await using misled = await withFirstOnPath(fake, one);
    await expect(runBackup(misled.ctx, misled.work(), ALIAS, "backup")).rejects.toMatchObject({
      code,
    });
    expect(await one.offered()).toEqual([good.manifest.id]);
    await assertInvariants({
      agent: one,
      live: { now: await one.app.state(), allowed: [live] },
      backups: [good.manifest.id],
      remains: await one.app.remains(),
      programs,
    });
    await one.backup();
    expect(await one.offered()).toHaveLength(2);
  });

  it.each([
    ["lists nothing at all", '*" snapshots "*', "true"],
    ["lists in words", '*" snapshots "*', "echo tidak ada"],
  ])("%s is not taken for an empty vault", async (_what, asked, answer) => {
    await using one = await vaultWorld("restic");
    await one.backup();
    await using fake = await fakeRestic(asked, answer);
    await using misled = await withFirstOnPath(fake, one);
    await expect(listBackups(misled.ctx, ALIAS)).rejects.toMatchObject({
      code: "VAULT_UNREACHABLE",
    });
  });

  it("checks nothing and says that all is well proves nothing", async () => {
    await using one = await vaultWorld("restic");
    await one.backup();
    await using fake = await fakeRestic('*" check "*', "true");
    await using misled = await withFirstOnPath(fake, one);
    await expect(misled.ctx.vault("gudang").readPart(1, 1)).rejects.toMatchObject({
      code: "VAULT_UNREACHABLE",
    });
    expect(await one.ctx.vault("gudang").readPart(1, 1)).toMatchObject({ isIntact: true });
  });

  it("is of another version than is needed is told by both, before anything is done", {
    tags: shows("restic", 33),
  }, async () => {
    await using one = await vaultWorld("restic");
    await one.backup();
    await using fake = await fakeRestic('*" version "*', "echo restic 0.12.1 compiled with go");
    await using misled = await withFirstOnPath(fake, one);
    await expect(runBackup(misled.ctx, misled.work(), ALIAS, "backup")).rejects.toMatchObject({
      code: "VAULT_TOOL_MISSING",
      detail: { found: "0.12", needed: "0.14" },
    });
    expect(await fake.asked()).toEqual(["version"]);
    expect(await one.offered()).toHaveLength(1);
  });
});

describe("a restic that never comes back from clearing up", () => {
  it("keeps nobody who calls off a write", async () => {
    await using one = await vaultWorld("restic");
    await using fake = await fakeRestic('*" unlock "*', "exec sleep 3600");
    await using host = onPath(fake, () => localHost({ graceMs: 500 }));
    const [config] = one.ctx.config.vaults;
    if (!config) throw new Error("the config has a vault");
    const patience = { lockMs: 1_000, stepMs: 200, tidyMs: 500 };
    const vault = openVault(config, { host, dataDir: one.ctx.config.data, patience });
    const writer = await vault.put({ backup: "b" });
    const producer = await host.spawn(["cat", "/dev/urandom"], { stdout: { fd: writer.fd } });
    await writer.abort();
    expect((await producer.exit).code).toBeNull();
    expect((await fake.asked()).some((args) => args.endsWith(" unlock"))).toBe(true);
  });
});

interface FakeRestic extends TempDir {
  /** What it was asked for, in order. */
  asked(): Promise<string[]>;
}

/** A program `restic` that answers itself to what fits `asked`, and else hands over to the real one. */
async function fakeRestic(asked: string, answer: string): Promise<FakeRestic> {
  const real = findProgram("restic", process.env["PATH"] ?? "");
  if (real === null) throw new Error("restic is not installed");
  const dir = await tempDir();
  const program = join(dir.path, "restic");
  const log = join(dir.path, "asked");
  const script = `#!/bin/sh
REAL=${real}
echo "$*" >>${log}
case " $* " in
${asked}) ${answer} ;;
*) exec "$REAL" "$@" ;;
esac
`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  return {
    ...dir,
    asked: async () => (await readFile(log, "utf8")).trim().split("\n"),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** A host looks at the PATH when it is made. */
function onPath<T>({ path }: TempDir, make: () => T): T {
  const before = process.env["PATH"];
  process.env["PATH"] = `${path}:${before}`;
  try {
    return make();
  } finally {
    process.env["PATH"] = before;
  }
}

/** The same agent, started where this program comes first. */
async function withFirstOnPath({ path }: TempDir, one: VaultWorld) {
  const before = process.env["PATH"];
  process.env["PATH"] = `${path}:${before}`;
  try {
    return await workContext({ dir: one.dir, targets: one.app.targets, vaultKind: "restic" });
  } finally {
    process.env["PATH"] = before;
  }
}
