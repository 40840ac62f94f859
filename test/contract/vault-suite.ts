/** What must hold of every vault. A vault is in when this suite passes with a fixture of its own. */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VaultConfig } from "#agent/config.ts";
import type { Host } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Vault, VaultReader } from "#agent/vault/vault.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { eventually } from "#support/eventually.ts";
import { descendantsOf } from "#support/proc.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import {
  storeOf,
  type VaultKinds,
  vaultConfigAt,
  withSecret,
  withStore,
  writeVaultSecret,
} from "#support/vaults.ts";

export interface VaultSuite {
  /** Ids of all streams in the store, listed by other means than the vault. */
  streams(config: VaultConfig): Promise<string[]>;
  /** What must not be left behind: locks, parts. */
  litter(config: VaultConfig): Promise<string[]>;
  /** Ways to damage a stored stream, by name. */
  readonly damages: Readonly<
    Record<string, (config: VaultConfig, receipt: Receipt, other: Receipt) => Promise<void>>
  >;
  /** Lengths of streams worth a look, beside one byte and 50 MB. */
  readonly lengths: readonly number[];
  /** A well-formed name of an object that does not exist. */
  readonly unknownObject: string;
}

interface Fixture {
  readonly dir: string;
  readonly config: VaultConfig;
  readonly vault: Vault;
  readonly host: Host;
  reopen(config: VaultConfig, dataDir?: string): Vault;
  [Symbol.asyncDispose](): Promise<void>;
}

const SIZE_50_MB = 50_000_000;
const DAMAGED_BYTES = 6_000_000;

export function vaultSuite(kind: VaultKinds, suite: VaultSuite): void {
  // Making a store is slow in some vaults; each test gets a copy of one that was made once.
  let template: TempDir;
  beforeAll(async () => {
    template = await tempDir();
    const config = vaultConfigAt(template.path, kind);
    await writeVaultSecret(join(template.path, "secret"));
    await using host = localHost();
    await openVault(config, { host, dataDir: join(template.path, "data") }).prepare();
  });
  afterAll(() => template[Symbol.asyncDispose]());

  const start = async (): Promise<Fixture> => {
    const dir = await tempDir();
    await cp(template.path, dir.path, { recursive: true });
    const host = localHost({ graceMs: 500 });
    const config = vaultConfigAt(dir.path, kind);
    const reopen = (other: VaultConfig, dataDir = join(dir.path, "data")): Vault =>
      openVault(other, { host, dataDir });
    return {
      dir: dir.path,
      config,
      vault: reopen(config),
      host,
      reopen,
      [Symbol.asyncDispose]: async () => {
        await host[Symbol.asyncDispose]();
        await dir[Symbol.asyncDispose]();
      },
    };
  };

  describe(`vault ${kind}`, () => {
    it.each([1, SIZE_50_MB, ...suite.lengths])("gives back %i bytes as they were", async (size) => {
      await using fixture = await start();
      const bytes = randomBytes(size);
      const receipt = await putBytes(fixture, bytes);
      expect(receipt).toMatchObject({ vault: "gudang", kind, bytes: size });
      expect(receipt.storedBytes).toBeGreaterThan(0);
      if (receipt.sha256 !== null) expect(receipt.sha256).toBe(sha256(bytes));
      expect(await suite.streams(fixture.config)).toEqual([receipt.object]);
      expect(await fixture.vault.verify(receipt)).toEqual({ bytes: size });
      await expect(fixture.vault.verify({ ...receipt, bytes: size + 1 })).rejects.toMatchObject({
        code: "VAULT_CORRUPT",
      });
      expect(await hashFromVault(fixture, receipt)).toBe(sha256(bytes));
      expect(await suite.litter(fixture.config)).toEqual([]);
    });

    it("keeps equal streams apart and both readable", async () => {
      await using fixture = await start();
      const bytes = randomBytes(100_000);
      const first = await putBytes(fixture, bytes);
      const second = await putBytes(fixture, bytes);
      expect(first.object).not.toBe(second.object);
      for (const receipt of [first, second]) {
        expect(await fixture.vault.verify(receipt)).toEqual({ bytes: 100_000 });
      }
    });

    it("refuses an empty stream and leaves no trace of it", async () => {
      await using fixture = await start();
      const writer = await fixture.vault.put({ backup: "b" });
      await expect(writer.commit()).rejects.toMatchObject({ code: "ENGINE_DUMP_INCOMPLETE" });
      await writer.abort();
      expect(await suite.streams(fixture.config)).toEqual([]);
      expect(await suite.litter(fixture.config)).toEqual([]);
    });

    it("leaves no trace after abort, stops the producer, and can be aborted again", async () => {
      await using fixture = await start();
      const writer = await fixture.vault.put({ backup: "b" });
      const producer = await fixture.host.spawn(["cat", "/dev/urandom"], {
        stdout: { fd: writer.fd },
      });
      await eventually("bytes are stored", () => hasBytes(fixture));
      await writer.abort();
      await writer.abort();
      expect((await producer.exit).signal).toBe("SIGPIPE");
      expect(writer.failure?.()).toBeNull();
      await expect(writer.commit()).rejects.toMatchObject({ code: "JOB_CANCELLED" });
      expect(await suite.streams(fixture.config)).toEqual([]);
      expect(await suite.litter(fixture.config)).toEqual([]);
    });

    it("aborts by signal as well", async () => {
      await using fixture = await start();
      const abort = new AbortController();
      const writer = await fixture.vault.put({ backup: "b" }, abort.signal);
      const producer = await fixture.host.spawn(["cat", "/dev/urandom"], {
        stdout: { fd: writer.fd },
      });
      abort.abort();
      expect((await producer.exit).signal).toBe("SIGPIPE");
      await writer.abort();
      expect(await suite.streams(fixture.config)).toEqual([]);
      expect(await suite.litter(fixture.config)).toEqual([]);
    });

    it("does not take a killed producer's end for the stream's end", async () => {
      await using fixture = await start();
      const writer = await fixture.vault.put({ backup: "b" });
      const producer = await fixture.host.spawn(["cat", "/dev/urandom"], {
        stdout: { fd: writer.fd },
      });
      await eventually("bytes are stored", () => hasBytes(fixture));
      producer.kill();
      expect((await producer.exit).code).toBeNull();
      expect(await suite.streams(fixture.config)).toEqual([]);
      await writer.abort();
      expect(await suite.streams(fixture.config)).toEqual([]);
    });

    it("keeps a committed stream whatever is called afterwards", async () => {
      await using fixture = await start();
      const abort = new AbortController();
      const writer = await fixture.vault.put({ backup: "b" }, abort.signal);
      const producer = await fixture.host.spawn(["echo", "isi"], { stdout: { fd: writer.fd } });
      await producer.exit;
      const receipt = await writer.commit();
      await writer.abort();
      abort.abort();
      expect(await fixture.vault.verify(receipt)).toEqual({ bytes: 4 });
    });

    it.each(Object.keys(suite.damages))(
      "notices damage and never ends the reader's stream: %s",
      async (name) => {
        await using fixture = await start();
        const receipt = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
        const other = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
        await suite.damages[name]?.(fixture.config, receipt, other);
        await expect(fixture.vault.verify(receipt)).rejects.toMatchObject({
          code: "VAULT_CORRUPT",
        });
        const reader = await fixture.vault.get(receipt);
        const own = openSync(
          `/proc/self/fd/${reader.fd}`,
          constants.O_RDONLY | constants.O_NONBLOCK,
        );
        const isOver = reader.done.then(
          () => "ended",
          (error: { code: string }) => error.code,
        );
        let over: string | null = null;
        void isOver.then((code) => {
          over = code;
        });
        await eventually("the failure is told", () => drain(own) === "open" && over !== null);
        expect(over).toBe("VAULT_CORRUPT");
        await reader.close();
        expect(drain(own)).toBe("open");
        closeSync(own);
      },
    );

    it("knows no stream that it did not store", async () => {
      await using fixture = await start();
      const receipt = await putBytes(fixture, randomBytes(10));
      const strangers: Receipt[] = [
        { ...receipt, object: suite.unknownObject },
        { ...receipt, object: "../../etc/passwd" },
        { ...receipt, object: "--help" },
        { ...receipt, vault: "lain" },
      ];
      for (const stranger of strangers) {
        await expect(fixture.vault.verify(stranger)).rejects.toMatchObject({
          code: "VAULT_BACKUP_UNKNOWN",
        });
      }
    });

    it("refuses a wrong key and does not make a new store over it", async () => {
      await using fixture = await start();
      const receipt = await putBytes(fixture, randomBytes(1000));
      const stranger = join(fixture.dir, "stranger");
      await writeVaultSecret(stranger);
      const vault = fixture.reopen(withSecret(fixture.config, stranger));
      await expect(vault.prepare()).rejects.toMatchObject({ code: "VAULT_CREDENTIALS" });
      await expect(vault.verify(receipt)).rejects.toMatchObject({ code: "VAULT_CREDENTIALS" });
      expect(await fixture.vault.verify(receipt)).toEqual({ bytes: 1000 });
    });

    it("prepares again without changing anything, and refuses a store that is not the one it knew", async () => {
      await using fixture = await start();
      const receipt = await putBytes(fixture, randomBytes(1000));
      await fixture.vault.prepare();
      expect(await fixture.vault.verify(receipt)).toEqual({ bytes: 1000 });
      const elsewhere = withStore(fixture.config, join(fixture.dir, "unmounted"));
      await expect(fixture.reopen(elsewhere).prepare()).rejects.toMatchObject({
        code: "VAULT_UNREACHABLE",
      });
      expect(await fixture.reopen(elsewhere, join(fixture.dir, "new-data")).prepare()).toBe(
        undefined,
      );
    });

    it("ends reading early without leaving a process, a lock or a descriptor", async () => {
      await using fixture = await start();
      const receipt = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
      const reader = await fixture.vault.get(receipt);
      await reader.close();
      await reader.close();
      await expect(reader.done).rejects.toMatchObject({ code: expect.any(String) });
      expect(() => fstatSync(reader.fd)).toThrow(/EBADF/);
      expect(descendantsOf(process.pid).filter((pid) => pid !== process.pid)).toEqual([]);
      expect(await suite.litter(fixture.config)).toEqual([]);
    });

    it("lists every manifest as it was stored, also from a new process, and never loses one", async () => {
      await using fixture = await start();
      expect(await manifestsOf(fixture.vault)).toEqual([]);
      const long = JSON.stringify({ payload: "é".repeat(300_000) });
      await fixture.vault.putManifest("b-1", '{"payload":"satu"}');
      await fixture.vault.putManifest("b-1", '{"payload":"satu"}');
      await fixture.vault.putManifest("b-2", long);
      const both = [
        ["b-1", '{"payload":"satu"}'],
        ["b-2", long],
      ];
      expect(await manifestsOf(fixture.vault)).toEqual(both);
      await fixture.vault.putManifest("b-1", '{"payload":"lain"}').catch(() => undefined);
      const again = await manifestsOf(fixture.reopen(fixture.config));
      for (const one of both) expect(again).toContainEqual(one);
      // A manifest is no stream.
      expect(await suite.streams(fixture.config)).toEqual([]);
    });

    it("tells the free space of a store on a local disk", async () => {
      await using fixture = await start();
      expect(await fixture.vault.freeBytes()).toBeGreaterThan(0);
      const absent = withStore(fixture.config, join(fixture.dir, "not", "yet"));
      expect(await fixture.reopen(absent).freeBytes()).toBeGreaterThan(0);
    });

    it("needs no more memory for a long stream than for a short one", async () => {
      await using fixture = await start();
      const order = {
        config: fixture.config,
        dataDir: join(fixture.dir, "data"),
        mode: "measure",
        bytes: 300_000_000,
      };
      const { stdout } = await promisify(execFile)(process.execPath, [
        "test/support/vault-program.ts",
        JSON.stringify(order),
      ]);
      const { grownBytes } = JSON.parse(stdout) as { grownBytes: number };
      expect(grownBytes).toBeLessThan(60_000_000);
    });
  });
}

async function hasBytes(fixture: Fixture): Promise<boolean> {
  const { stdout } = await promisify(execFile)("du", ["-sb", storeOf(fixture.config)]);
  return Number.parseInt(stdout, 10) > 10_000_000;
}

async function putBytes({ vault, host }: Fixture, bytes: Buffer): Promise<Receipt> {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "bytes"), bytes);
  const writer = await vault.put({ backup: "b-1", alias: "basis-data" });
  const producer = await host.spawn(["cat", join(dir.path, "bytes")], {
    stdout: { fd: writer.fd },
  });
  expect((await producer.exit).code).toBe(0);
  return writer.commit();
}

async function hashFromVault({ vault, host }: Fixture, receipt: Receipt): Promise<string> {
  const reader: VaultReader = await vault.get(receipt);
  const consumer = await host.spawn(["sha256sum"], { stdin: { fd: reader.fd }, stdout: "lines" });
  await reader.done;
  expect((await consumer.exit).code).toBe(0);
  await reader.close();
  for await (const line of consumer.lines) return line.split(" ")[0] ?? "";
  throw new Error("no hash came");
}

/** Reads what is there: "open" where a reader would wait for more, "ended" where it would see EOF. */
function drain(fd: number): "open" | "ended" {
  const chunk = Buffer.alloc(65_536);
  for (;;) {
    try {
      if (readSync(fd, chunk) === 0) return "ended";
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return "open";
      throw error;
    }
  }
}

async function manifestsOf(vault: Vault): Promise<[string, string][]> {
  const all: [string, string][] = [];
  for await (const { backupId, envelope } of vault.manifests()) all.push([backupId, envelope]);
  return all.sort(([a], [b]) => a.localeCompare(b));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
