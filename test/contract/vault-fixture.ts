/** A store of its own for each test of the vaults' suite, and how a test looks at it. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { VaultConfig } from "#agent/config.ts";
import type { Host } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { ResticPatience } from "#agent/vault/restic-command.ts";
import type { StoredStream, Vault, VaultReader } from "#agent/vault/vault.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { quickenResticKey } from "#support/quick-restic-key.ts";
import { tempDir } from "#support/temp-dir.ts";
import type { VaultBackend } from "#support/vault-backends.ts";
import { writeVaultSecret } from "#support/vaults.ts";

/** A store and how it is seen from outside. */
export interface Store {
  readonly backend: VaultBackend;
  readonly name: string;
  /** Its files. */
  readonly folder: string;
  readonly secretFile: string;
  /** Uploads under way when it was made: those of the tests before it. */
  readonly uploadsBefore: readonly string[];
}

export interface VaultSuite {
  /** Starts what the stores lie in; once for all tests. */
  readonly start: () => Promise<VaultBackend>;
  /** Ids of all streams in the store, listed by other means than the vault. */
  streams(store: Store): Promise<string[]>;
  /** Ids of streams that are marked as orphans, by the same means. */
  orphans(store: Store): Promise<string[]>;
  /** What must not be left behind: locks, parts, uploads. */
  litter(store: Store): Promise<string[]>;
  /** Ways to damage a stored stream, by name. */
  readonly damages: Readonly<
    Record<string, (store: Store, receipt: Receipt, other: Receipt) => Promise<void>>
  >;
  /** Lengths of streams worth a look, beside one byte and 20 MB. */
  readonly lengths: readonly number[];
  /** A well-formed name of an object that does not exist. */
  readonly unknownObject: string;
  readonly isOnLocalDisk: boolean;
  /** False where the place lets nothing be deleted. */
  readonly mayDelete: boolean;
  /** How a door that does not let the vault in shows. */
  readonly refusal: RegExp;
  /** What does not depend on the place is looked at once for each program. */
  readonly isWhole: boolean;
  /** Length of the long stream by which memory is measured, where it is: once for each program is enough. */
  readonly memoryBytes: number | null;
}

export interface Fixture extends Store {
  readonly dir: string;
  readonly config: VaultConfig;
  readonly vault: Vault;
  readonly host: Host;
  reopen(config: VaultConfig, dataDir?: string, patience?: Partial<ResticPatience>): Vault;
  [Symbol.asyncDispose](): Promise<void>;
}

const PATIENCE = { lockMs: 2_000, stepMs: 500, tidyMs: 20_000 };

/** Where the stores of one suite lie. */
export interface VaultPlace {
  fixture(): Promise<Fixture>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Making a store is slow in some vaults; each test gets a copy of one that is made once. */
export async function startPlace(suite: VaultSuite): Promise<VaultPlace> {
  const backend = await suite.start();
  const template = await tempDir();
  const dispose = async (): Promise<void> => {
    await backend[Symbol.asyncDispose]();
    await template[Symbol.asyncDispose]();
  };
  try {
    const secretFile = join(template.path, "secret");
    await writeVaultSecret(secretFile);
    await using host = localHost();
    const config = backend.config("template", secretFile);
    await openVault(config, { host, dataDir: join(template.path, "data") }).prepare();
    if (backend.kind === "restic") {
      await quickenResticKey(join(backend.root, "template"), secretFile, backend.ending);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  let number = 0;
  return {
    [Symbol.asyncDispose]: dispose,
    fixture: async () => {
      number += 1;
      return copyOf(backend, template.path, `store-${number}`);
    },
  };
}

async function copyOf(backend: VaultBackend, template: string, name: string): Promise<Fixture> {
  const dir = await tempDir();
  await cp(template, dir.path, { recursive: true });
  const folder = join(backend.root, name);
  await cp(join(backend.root, "template"), folder, { recursive: true });
  const host = localHost({ graceMs: 500 });
  const secretFile = join(dir.path, "secret");
  const config = backend.config(name, secretFile);
  const reopen: Fixture["reopen"] = (other, dataDir = join(dir.path, "data"), patience = {}) =>
    openVault(other, { host, dataDir, patience: { ...PATIENCE, ...patience } });
  return {
    backend,
    name,
    folder,
    secretFile,
    uploadsBefore: await backend.uploads(),
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
}

export async function sizeOf(folder: string): Promise<number> {
  // Files may go while du looks: its figure counts, not its exit code.
  const { stdout } = await promisify(execFile)("du", ["-sb", folder]).catch(
    (error: { stdout: string }) => error,
  );
  return Number.parseInt(stdout, 10);
}

/** Of all processes, as far as they may be seen. */
export function processes(): { pid: string; argv: string; env: string }[] {
  const of = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1");
    } catch {
      // It ended meanwhile.
      return "";
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid, argv: of(pid, "cmdline"), env: of(pid, "environ") }));
}

export async function putBytes(
  { vault, host }: Fixture,
  bytes: Buffer,
  backup = "b-1",
): Promise<Receipt> {
  await using dir = await tempDir();
  await writeFile(join(dir.path, "bytes"), bytes);
  const writer = await vault.put({ backup, alias: "basis-data" });
  const producer = await host.spawn(["cat", join(dir.path, "bytes")], {
    stdout: { fd: writer.fd },
  });
  expect((await producer.exit).code).toBe(0);
  return writer.commit();
}

export async function hashFromVault({ vault, host }: Fixture, receipt: Receipt): Promise<string> {
  const reader: VaultReader = await vault.get(receipt);
  const consumer = await host.spawn(["sha256sum"], { stdin: { fd: reader.fd }, stdout: "lines" });
  await reader.done;
  expect((await consumer.exit).code).toBe(0);
  await reader.close();
  for await (const line of consumer.lines) return line.split(" ")[0] ?? "";
  throw new Error("no hash came");
}

/** Reads what is there: "open" where a reader would wait for more, "ended" where it would see EOF. */
export function drain(fd: number): "open" | "ended" {
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

export async function streamsOf(vault: Vault): Promise<StoredStream[]> {
  const all: StoredStream[] = [];
  for await (const stream of vault.streams()) all.push(stream);
  return all;
}

export async function manifestsOf(vault: Vault): Promise<[string, string][]> {
  const all: [string, string][] = [];
  for await (const { backupId, envelope } of vault.manifests()) all.push([backupId, envelope]);
  return all.sort(([a], [b]) => a.localeCompare(b));
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
