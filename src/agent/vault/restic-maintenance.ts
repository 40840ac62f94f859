import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Completed } from "../process/host.ts";
import { type Restic, resticError } from "./restic-command.ts";
import { isDeletionRefused } from "./restic-failure.ts";
import type { StoredStream, Vault } from "./vault.ts";

const ORPHAN_TAG = "orphan";
const LIST_BYTES_MAX = 64 * 1024 * 1024;
/** A repository is read at the speed of its store; a large part takes hours. */
const READ_TIMEOUT_MS = 24 * 60 * 60_000;
/** Ids that stand in one command's argv. */
const IDS_A_COMMAND = 500;

export const Snapshot = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  hostname: z.string(),
  time: z.iso.datetime({ offset: true }),
  tags: z.array(z.string()).nullish(),
  /** Where tags were changed: the snapshot it was made from. */
  original: z.string().nullish(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** All snapshots with a tag; also while the repository is being maintained. */
export async function snapshotsOf(restic: Restic, tag: string): Promise<readonly Snapshot[]> {
  return (await listSnapshots(restic, tag)).snapshots;
}

/** restic leaves out what it cannot read, whatever its tag was, and ends with 0. */
export async function listSnapshots(
  restic: Restic,
  tag: string,
): Promise<{ readonly snapshots: readonly Snapshot[]; readonly unreadable: number }> {
  const listed = await restic.run(["snapshots", "--json", "--no-lock", "--tag", tag], {
    stdoutBytesMax: LIST_BYTES_MAX,
  });
  if (listed.code !== 0) throw resticError("snapshots", listed, "VAULT_UNREACHABLE");
  const said = Snapshot.array().nullable().safeParse(parseJson(listed.stdout));
  // Words that are no list are not an empty one.
  if (!said.success) throw new AppError("VAULT_UNREACHABLE", "restic gave no list of snapshots");
  const unreadable = listed.stderr.match(/^(could not load snapshot|Ignoring) /gim)?.length ?? 0;
  return { snapshots: said.data ?? [], unreadable };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Null would be a list.
    return undefined;
  }
}

/** What needs the right to delete, or reads the whole repository. */
export function resticMaintenance(
  restic: Restic,
  /** VAULT_DELETE_REFUSED where the store can tell before it is asked to delete; restic would insist for a minute. */
  assertMayDelete: () => Promise<void>,
): Pick<Vault, "streams" | "markOrphans" | "remove" | "readPart"> {
  const forget = async (ids: readonly string[]): Promise<void> => {
    for (let first = 0; first < ids.length; first += IDS_A_COMMAND) {
      await change(restic, ["forget", ...ids.slice(first, first + IDS_A_COMMAND)]);
    }
  };

  return {
    streams: async function* () {
      for (const snapshot of await snapshotsOf(restic, "stream")) yield streamOf(snapshot);
    },

    markOrphans: async (objects) => {
      await assertMayDelete();
      const stored = await snapshotsOf(restic, "stream");
      // Marking makes a new snapshot of the old one, so a marked one must not be marked again.
      const marked = stored.filter(({ tags }) => tags?.includes(ORPHAN_TAG));
      const isMarked = new Set(marked.flatMap(({ id, original }) => [id, original]));
      const open = stored.map(({ id }) => id).filter((id) => !isMarked.has(id));
      const ids = open.filter((id) => objects.includes(id));
      for (let first = 0; first < ids.length; first += IDS_A_COMMAND) {
        const some = ids.slice(first, first + IDS_A_COMMAND);
        await change(restic, ["tag", "--add", ORPHAN_TAG, ...some]);
      }
    },

    remove: async ({ backupIds, objects }) => {
      const manifests = (await snapshotsOf(restic, "manifest"))
        .filter(({ hostname }) => backupIds.includes(hostname))
        .map(({ id }) => id);
      const wanted = new Set(objects);
      const streams = (await snapshotsOf(restic, "stream"))
        .map(({ id }) => id)
        .filter((id) => wanted.has(id));
      if (manifests.length + streams.length === 0) return;
      await assertMayDelete();
      // Two steps: killed in between there is a stream without a manifest, never the other way.
      await forget(manifests);
      await forget(streams);
      await change(restic, ["prune"]);
    },

    readPart: async (part, parts, signal) => {
      const read = (more: readonly string[]) =>
        restic.run(["check", `--read-data-subset=${part}/${parts}`, ...more], {
          timeoutMs: READ_TIMEOUT_MS,
          ...(signal && { signal }),
        });
      // Without a lock backups need not wait for hours. A repository that is pruned meanwhile may
      // then look damaged: only what the same check finds with the lock is damage.
      const free = await read(["--no-lock"]);
      if (isProof(free)) return { isIntact: true, bytes: null };
      const ended = signal?.aborted ? free : await read([]);
      if (isProof(ended)) return { isIntact: true, bytes: null };
      if (signal?.aborted) throw new AppError("JOB_CANCELLED", "reading was aborted");
      const error = resticError("check", ended, "VAULT_UNREACHABLE");
      if (error.code === "VAULT_CORRUPT") return { isIntact: false, bytes: null };
      throw error;
    },
  };
}

/** A check that ended well and says nothing has read nothing. */
function isProof({ code, stdout }: Completed): boolean {
  return code === 0 && /no errors were found/i.test(stdout);
}

/** Runs a command that deletes. */
async function change(restic: Restic, args: readonly string[]): Promise<void> {
  const [action = ""] = args;
  const ended = await restic.run(args);
  // `tag` ends with 0 where it could not remove the snapshot it replaced.
  if (isDeletionRefused(ended.stderr)) {
    throw new AppError("VAULT_DELETE_REFUSED", `restic ${action} may not delete`, {
      detail: { action, exitCode: ended.code },
    });
  }
  if (ended.code !== 0) throw resticError(action, ended, "VAULT_WRITE_FAILED");
}

function streamOf({ id, time, tags }: Snapshot): StoredStream {
  const named = (tags ?? []).filter((tag) => tag.includes("="));
  const pairs = named.map((tag) => {
    const at = tag.indexOf("=");
    return [tag.slice(0, at), tag.slice(at + 1)] as const;
  });
  return {
    object: id,
    tags: Object.fromEntries(pairs),
    storedAt: new Date(time).toISOString(),
  };
}
