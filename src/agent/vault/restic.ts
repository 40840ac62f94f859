import { rm } from "node:fs/promises";
import { z } from "zod";
import { AppError, invariant } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import type { Host } from "../process/host.ts";
import { openPipe } from "../process/pipe.ts";
import { freeBytesAt } from "./free-bytes.ts";
import { assertSameStore, pinStore } from "./pin.ts";
import { heldReader, verifyByReading } from "./reader.ts";
import { assertMayDelete } from "./rest-deletion.ts";
import {
  type Restic,
  type ResticConfig,
  type ResticPatience,
  resticCommand,
  resticError,
} from "./restic-command.ts";
import { classifyRestic, isDeletionRefused } from "./restic-failure.ts";
import { assertOpenForBackups } from "./restic-lock.ts";
import { listSnapshots, resticMaintenance } from "./restic-maintenance.ts";
import { uploadNotes } from "./restic-uploads.ts";
import { repairIndexOf, resticVersion } from "./restic-version.ts";
import { openResticWriter, parseSummary } from "./restic-writer.ts";
import type { Vault, VaultReader } from "./vault.ts";

const STREAM_FILE = "stream";
const MANIFEST_FILE = "manifest.json";
const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

/** Newer restics try again for a quarter of an hour where a store refuses their key. */
const OPEN_TIMEOUT_MS = 2 * 60_000;

const RepositoryConfig = z.object({ id: z.string().min(1) });

/**
 * A restic repository, driven by the binary; 0.14 and newer. Each command pays the derivation of
 * the repository's key (about half a second), so commands are few.
 *
 * A stream is a snapshot of one file tagged `stream`; a manifest is a small snapshot tagged
 * `manifest` whose host is the backup's id. Only manifests are ever listed: a stream without one is
 * an orphan that no one sees. Anybody with restic and the password can read both without this
 * program: `restic dump <snapshot> /stream`.
 *
 * restic makes small temporary files of its own for the encrypted packs it is about to store.
 */
export function resticVault(
  config: ResticConfig,
  deps: {
    readonly host: Host;
    readonly dataDir: string;
    readonly patience?: ResticPatience;
  },
): Vault {
  const { alias, repositori } = config;
  const restic = resticCommand(config, deps.host, deps.dataDir, deps.patience);
  const uploads = uploadNotes(deps.dataDir, alias);
  /** A snapshot never changes under its id, so a manifest is read once. */
  const read = new Map<string, string>();
  let version: Promise<readonly [number, number]> | null = null;

  /** Makes what uploads that were cut short have stored count again. */
  const repairAfterCut = async (): Promise<void> => {
    const notes = await uploads.cutShort();
    if (notes.length === 0) return;
    version ??= resticVersion(deps.host);
    const ended = await restic.once(repairIndexOf(await version));
    // A store that lets nothing be deleted cannot be repaired, now or later; others are asked again.
    if (ended.code !== 0 && !isDeletionRefused(ended.stderr)) return;
    for (const note of notes) await rm(note, { force: true });
  };

  return {
    alias,
    kind: "restic",

    prepare: async () => {
      version ??= resticVersion(deps.host);
      await version.catch((error: unknown) => {
        // One that was installed meanwhile counts.
        version = null;
        throw error;
      });
      const found = await repositoryId(restic);
      await assertSameStore(deps.dataDir, alias, found);
      if (found === null) {
        const made = await restic.run(["init"]);
        if (made.code !== 0) throw resticError("init", made, "VAULT_WRITE_FAILED");
      } else {
        // Removes locks of dead processes only; a killed agent leaves one.
        await restic.run(["unlock"]);
      }
      const id = found ?? (await repositoryId(restic));
      if (id === null) throw new AppError("VAULT_UNREACHABLE", "the new repository is not there");
      await pinStore(deps.dataDir, alias, id);
    },

    freeBytes: async () => (repositori.startsWith("/") ? freeBytesAt(repositori) : null),

    put: async (tags, signal) => {
      const labels = Object.entries(tags).map(([name, value]) => plainTag(`${name}=${value}`));
      const named = ["stream", ...labels].flatMap((label) => ["--tag", label]);
      const { alias: host = alias } = tags;
      const args = ["backup", "--stdin", "--stdin-filename", STREAM_FILE, "--host", plainTag(host)];
      await repairAfterCut();
      await assertOpenForBackups(restic, repositori, signal);
      return openResticWriter(restic, config, [...args, ...named], uploads.begin(), signal);
    },

    get: (receipt, signal) => openReader(restic, alias, receipt, signal),

    verify: async (receipt, signal) =>
      verifyByReading(deps.host, await openReader(restic, alias, receipt, signal), receipt),

    putManifest: async (backupId, envelope) => {
      invariant(plainTag(backupId) === backupId, "a backup id must be a plain word");
      const args = ["--stdin", "--stdin-filename", MANIFEST_FILE, "--host", backupId];
      const stored = await restic.run(["backup", ...args, "--tag", "manifest", "--json"], {
        input: envelope,
      });
      const summary = stored.stdout.split("\n").map(parseSummary).find(Boolean);
      const isWhole = summary?.total_bytes_processed === Buffer.byteLength(envelope);
      if (stored.code !== 0 || !isWhole) {
        // A backup that is told as failed must not be listed for what restic has stored all the same.
        if (summary) await restic.tidy(["forget", summary.snapshot_id]);
        throw resticError("backup", stored, "VAULT_WRITE_FAILED");
      }
    },

    manifests: async function* () {
      const given = new Set<string>();
      const { snapshots, unreadable } = await listSnapshots(restic, "manifest");
      // Each may have been a manifest, of which nothing is left to read.
      for (let one = 0; one < unreadable; one += 1) yield { backupId: "", envelope: "" };
      for (const snapshot of snapshots) {
        const envelope = read.get(snapshot.id) ?? (await readManifest(restic, snapshot.id));
        read.set(snapshot.id, envelope);
        // A repeated putManifest leaves a second snapshot of the same envelope.
        const key = `${snapshot.hostname}\n${envelope}`;
        if (!given.has(key)) yield { backupId: snapshot.hostname, envelope };
        given.add(key);
      }
    },

    ...resticMaintenance(restic, () => assertMayDelete(config)),
  };
}

/** Null only where it is certain that there is no repository: in doubt none is made. */
async function repositoryId(restic: Restic): Promise<string | null> {
  const shown = await restic.run(["cat", "config", "--no-lock"], {
    timeoutMs: OPEN_TIMEOUT_MS,
  });
  if (shown.code === 0) return idIn(shown.stdout);
  if (classifyRestic(shown.code, shown.stderr) === "NO_REPOSITORY") return null;
  throw resticError("cat config", shown, "VAULT_UNREACHABLE");
}

function idIn(config: string): string {
  try {
    return RepositoryConfig.parse(JSON.parse(config)).id;
  } catch {
    throw new AppError("VAULT_UNREACHABLE", "restic did not say which repository it is");
  }
}

async function openReader(
  restic: Restic,
  vault: string,
  receipt: Receipt,
  signal: AbortSignal | undefined,
): Promise<VaultReader> {
  if (receipt.kind !== "restic" || receipt.vault !== vault || !isSnapshotId(receipt.object)) {
    throw new AppError("VAULT_BACKUP_UNKNOWN", "the receipt is not of this vault");
  }
  const pipe = await openPipe();
  const stop = new AbortController();
  const ends = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const whole = dump(restic, receipt.object, pipe.writeFd, ends).catch((error: unknown) => {
    throw signal?.aborted ? new AppError("JOB_CANCELLED", "reading was aborted") : error;
  });
  return heldReader(pipe, whole, async () => stop.abort());
}

/** restic writes a part of a damaged stream before it notices: only its exit code counts. */
async function dump(
  restic: Restic,
  snapshot: string,
  fd: number,
  signal: AbortSignal,
): Promise<void> {
  let failure: AppError | null = null;
  await restic.whileLocked(async () => {
    // What is proved must lie in the store, not in a cache beside the agent.
    const args = ["dump", "--no-cache", snapshot, `/${STREAM_FILE}`];
    const running = await restic.spawn(args, { stdout: { fd }, signal });
    const ended = await running.exit;
    failure = ended.code === 0 ? null : resticError("dump", ended, "VAULT_UNREACHABLE");
    // One that was killed leaves its lock behind.
    if (ended.code === null) await restic.tidy(["unlock"]);
    // Of a locked repository nothing was read yet.
    return failure?.code !== "VAULT_LOCKED";
  }, signal);
  if (failure !== null) throw failure;
}

/** Empty where it is damaged: one bad manifest must not hide the others, nor itself. */
async function readManifest(restic: Restic, snapshot: string): Promise<string> {
  const dumped = await restic.run(["dump", "--no-lock", snapshot, `/${MANIFEST_FILE}`], {
    stdoutBytesMax: MANIFEST_BYTES_MAX,
  });
  if (dumped.code === 0) return dumped.stdout;
  const error = resticError("dump", dumped, "VAULT_UNREACHABLE");
  if (error.code === "VAULT_CORRUPT") return "";
  throw error;
}

function isSnapshotId(object: string): boolean {
  return /^[0-9a-f]{64}$/.test(object);
}

/** A comma would split a tag in two, and what begins with a dash is an option. */
function plainTag(text: string): string {
  return text.replace(/[^A-Za-z0-9._:=+-]/g, "_").replace(/^-/, "_");
}
