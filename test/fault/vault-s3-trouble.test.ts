import { randomBytes } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VaultConfig } from "#agent/config.ts";
import type { Host } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Vault } from "#agent/vault/vault.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { BUCKET, type S3Service, startS3 } from "#support/s3.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { writeVaultSecret } from "#support/vaults.ts";
import { shows } from "./faults.ts";

const DAY_MS = 24 * 60 * 60_000;
/** More than one part, so that an upload is begun. */
const SEVERAL_PARTS = 20_000_000;

let dir: TempDir;
let host: Host;
let plain: S3Service;
let locking: S3Service;
beforeAll(async () => {
  dir = await tempDir();
  host = localHost({ graceMs: 500 });
  plain = await startS3();
  locking = await startS3({ canLock: true });
  await writeVaultSecret(join(dir.path, "secret"));
}, 60_000);
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  for (const one of [plain, locking, dir]) await one[Symbol.asyncDispose]();
});

describe("a bucket that takes no more", () => {
  const full = "is told as full, leaves nothing, and works again once there is room";
  it(full, { tags: shows("objects", 25) }, async () => {
    const vault = vaultIn(plain, "penuh/");
    await vault.prepare();
    const writer = await vault.put({ backup: "b" });
    plain.become("full");
    const producer = await host.spawn(["cat", "/dev/urandom"], { stdout: { fd: writer.fd } });
    expect((await producer.exit).signal).toBe("SIGPIPE");
    await writer.abort();
    expect(writer.failure?.()).toMatchObject({ code: "VAULT_FULL" });
    await expect(vault.putManifest("b-1", "{}")).rejects.toMatchObject({ code: "VAULT_FULL" });
    plain.become("open");
    expect(await plain.uploads()).toEqual([]);
    const receipt = await putBytes(vault, randomBytes(SEVERAL_PARTS));
    expect(await vault.verify(receipt)).toMatchObject({ bytes: SEVERAL_PARTS });
    expect(await objectsIn(plain, "penuh")).toEqual([receipt.object]);
  });

  it("is told as unreachable when the network is gone", async () => {
    const vault = vaultIn(plain, "putus/");
    await vault.prepare();
    const receipt = await putBytes(vault, randomBytes(1000));
    plain.become("gone");
    await expect(vault.verify(receipt)).rejects.toMatchObject({ code: "VAULT_UNREACHABLE" });
    await expect(vault.put({ backup: "b" })).rejects.toMatchObject({ code: "VAULT_UNREACHABLE" });
    plain.become("open");
    expect(await vault.verify(receipt)).toMatchObject({ bytes: 1000 });
  });

  it("is asked again for the rest of a stream when a connection breaks", async () => {
    const vault = vaultIn(plain, "sambung/");
    await vault.prepare();
    const receipt = await putBytes(vault, randomBytes(SEVERAL_PARTS));
    const reader = await vault.get(receipt);
    // Fewer breaks than it asks again for one piece, so that the outcome does not hang on speed.
    const breaks = [200, 700].map((ms) => setTimeout(() => plain.cut(), ms));
    const consumer = await host.spawn(["sha256sum"], { stdin: { fd: reader.fd } });
    await reader.done;
    for (const one of breaks) clearTimeout(one);
    expect((await consumer.exit).code).toBe(0);
    await reader.close();
  });
});

describe("a bucket with Object Lock", () => {
  it("guards objects and manifests as long as is ordered, and refuses to delete them", async () => {
    const vault = vaultIn(locking, "kunci/", { kunciHari: 30 });
    await vault.prepare();
    const small = await putBytes(vault, randomBytes(1000));
    const large = await putBytes(vault, randomBytes(SEVERAL_PARTS));
    await vault.putManifest("b-1", '{"payload":"satu"}');
    const names = [`objects/${small.object}`, `objects/${large.object}`, "manifests/b-1.json"];
    for (const name of names) {
      const { mode, until } = locking.locks.get(`kunci/${name}`) ?? { mode: "none", until: "" };
      expect(mode, name).toBe("COMPLIANCE");
      const days = (Date.parse(until) - Date.now()) / DAY_MS;
      expect(Math.round(days), name).toBe(30);
    }
    await expect(
      vault.remove({ backupIds: ["b-1"], objects: [small.object] }),
    ).rejects.toMatchObject({ code: "VAULT_DELETE_REFUSED" });
    await expect(vault.remove({ backupIds: [], objects: [large.object] })).rejects.toMatchObject({
      code: "VAULT_DELETE_REFUSED",
    });
    expect(await vault.verify(large)).toMatchObject({ bytes: SEVERAL_PARTS });
    expect(await objectsIn(locking, "kunci")).toHaveLength(2);
  });

  it("is demanded where it is configured", async () => {
    const vault = vaultIn(plain, "tanpa/", { kunciHari: 30 });
    await expect(vault.prepare()).rejects.toMatchObject({
      code: "VAULT_UNREACHABLE",
      detail: { reason: "no object lock" },
    });
  });
});

describe("a manifest in a bucket", () => {
  it("is not replaced, whoever was first", async () => {
    const vault = vaultIn(plain, "dua/");
    await vault.prepare();
    const texts = ['{"payload":"satu"}', '{"payload":"dua"}'];
    const ended = await Promise.allSettled(texts.map((text) => vault.putManifest("b-1", text)));
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const winner = texts[ended.findIndex(({ status }) => status === "fulfilled")] ?? "";
    await vault.putManifest("b-1", winner);
    const listed: string[] = [];
    for await (const { envelope } of vault.manifests()) listed.push(envelope);
    expect(listed).toEqual([winner]);
  });
});

function vaultIn(service: S3Service, awalan: string, more: object = {}): Vault {
  const config = VaultConfig.parse({
    alias: `gudang-${awalan.slice(0, -1)}`,
    jenis: "objects-s3",
    alamat: service.address,
    bucket: BUCKET,
    awalan,
    berkasKredensial: service.credentialsFile,
    berkasCa: service.caFile,
    berkasKunci: join(dir.path, "secret"),
    ...more,
  });
  return openVault(config, { host, dataDir: join(dir.path, "data") });
}

async function putBytes(vault: Vault, bytes: Buffer): Promise<Receipt> {
  const file = join(dir.path, "bytes");
  await writeFile(file, bytes);
  const writer = await vault.put({ backup: "b" });
  const producer = await host.spawn(["cat", file], { stdout: { fd: writer.fd } });
  expect((await producer.exit).code).toBe(0);
  return writer.commit();
}

async function objectsIn({ root }: S3Service, prefix: string): Promise<string[]> {
  const ending = "._S3rver_object";
  return (await readdir(join(root, prefix, "objects")))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
}
