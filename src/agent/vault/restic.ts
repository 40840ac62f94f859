import { z } from "zod";
import { AppError, invariant } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import type { Host } from "../process/host.ts";
import { openPipe } from "../process/pipe.ts";
import { freeBytesAt } from "./free-bytes.ts";
import { assertSameStore, pinStore } from "./pin.ts";
import { heldReader, verifyByReading } from "./reader.ts";
import { type Restic, type ResticConfig, resticCommand, resticError } from "./restic-command.ts";
import { classifyRestic } from "./restic-failure.ts";
import { openResticWriter, parseSummary } from "./restic-writer.ts";
import type { Vault, VaultReader } from "./vault.ts";

const STREAM_FILE = "stream";
const MANIFEST_FILE = "manifest.json";
const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

const RepositoryConfig = z.object({ id: z.string().min(1) });
const Snapshots = z
  .array(z.object({ id: z.string().regex(/^[0-9a-f]{64}$/), hostname: z.string() }))
  .nullable();

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
  deps: { readonly host: Host; readonly dataDir: string },
): Vault {
  const { alias } = config;
  const restic = resticCommand(config, deps.host, deps.dataDir);
  /** A snapshot never changes under its id, so a manifest is read once. */
  const read = new Map<string, string>();

  return {
    alias,
    kind: "restic",

    prepare: async () => {
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

    freeBytes: async () =>
      config.repositori.startsWith("/") ? freeBytesAt(config.repositori) : null,

    put: async (tags, signal) => {
      const labels = Object.entries(tags).map(([name, value]) => plainTag(`${name}=${value}`));
      const named = ["stream", ...labels].flatMap((label) => ["--tag", label]);
      const { alias: host = alias } = tags;
      const args = ["backup", "--stdin", "--stdin-filename", STREAM_FILE, "--host", plainTag(host)];
      return openResticWriter(restic, alias, [...args, ...named], signal);
    },

    get: (receipt, signal) => openReader(restic, alias, receipt, signal),

    verify: async (receipt, signal) =>
      verifyByReading(await openReader(restic, alias, receipt, signal), receipt),

    putManifest: async (backupId, envelope) => {
      invariant(plainTag(backupId) === backupId, "a backup id must be a plain word");
      const args = ["--stdin", "--stdin-filename", MANIFEST_FILE, "--host", backupId];
      const stored = await restic.run(["backup", ...args, "--tag", "manifest", "--json"], {
        input: envelope,
      });
      const summary = stored.stdout.split("\n").map(parseSummary).find(Boolean);
      const isWhole = summary?.total_bytes_processed === Buffer.byteLength(envelope);
      if (stored.code !== 0 || !isWhole) {
        throw resticError("backup", stored, "VAULT_WRITE_FAILED");
      }
    },

    manifests: async function* () {
      const listed = await restic.run(["snapshots", "--json", "--no-lock", "--tag", "manifest"], {
        stdoutBytesMax: MANIFEST_BYTES_MAX,
      });
      if (listed.code !== 0) throw resticError("snapshots", listed, "VAULT_UNREACHABLE");
      const given = new Set<string>();
      for (const snapshot of Snapshots.parse(JSON.parse(listed.stdout)) ?? []) {
        const envelope = read.get(snapshot.id) ?? (await readManifest(restic, snapshot.id));
        read.set(snapshot.id, envelope);
        // A repeated putManifest leaves a second snapshot of the same envelope.
        const key = `${snapshot.hostname}\n${envelope}`;
        if (!given.has(key)) yield { backupId: snapshot.hostname, envelope };
        given.add(key);
      }
    },
  };
}

/** Null only where it is certain that there is no repository: in doubt none is made. */
async function repositoryId(restic: Restic): Promise<string | null> {
  const shown = await restic.run(["cat", "config", "--no-lock"]);
  if (shown.code === 0) return RepositoryConfig.parse(JSON.parse(shown.stdout)).id;
  if (classifyRestic(shown.code, shown.stderr) === "NO_REPOSITORY") return null;
  throw resticError("cat config", shown, "VAULT_UNREACHABLE");
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
  try {
    const running = await restic.spawn(["dump", receipt.object, `/${STREAM_FILE}`], {
      stdout: { fd: pipe.writeFd },
      ...(signal && { signal }),
    });
    // restic writes a part of a damaged stream before it notices: only its exit code counts.
    const whole = running.exit.then(async (ended) => {
      if (ended.code === 0) return;
      // One that was killed leaves its lock behind.
      if (ended.code === null) await restic.run(["unlock"]).catch(() => undefined);
      if (signal?.aborted) throw new AppError("JOB_CANCELLED", "reading was aborted");
      throw resticError("dump", ended, "VAULT_UNREACHABLE");
    });
    return heldReader(pipe, whole, async () => running.kill());
  } catch (error) {
    pipe.closeRead();
    pipe.closeWrite();
    throw error;
  }
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
