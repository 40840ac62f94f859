/**
 * What goes wrong with backups and restores, and what must come of it: the table that the tests of
 * faults are held against. A test shows a fault of a part by its tags:
 *
 *   it("fails when the server crashes in the middle", { tags: shows("postgres", 20) }, …)
 *
 * test/arch/faults.test.ts fails while any fault lacks a test for a part it applies to;
 * `npm run fault:full` runs all of them, exhaustively, and prints the table.
 */
import type { EngineId } from "#protocol/manifest.ts";

/** Where a fault strikes: an engine, a kind of vault, a connection, the agent or the portal. */
export type Part = EngineId | "restic" | "objects" | "ssh" | "agent" | "portal";

export interface Fault {
  readonly id: number;
  readonly what: string;
  readonly outcome: string;
  readonly parts: readonly Part[];
  /** What stands in for a fault that no test machine can have. */
  readonly nearest?: string;
}

const SQL = ["postgres", "mariadb"] as const;
const SERVERS = ["postgres-cluster", "mariadb-server"] as const;
const FILES = ["sqlite", "directory"] as const;
export const ENGINES = [...SQL, ...FILES, "vm", ...SERVERS] as const satisfies readonly EngineId[];
const VAULTS = ["restic", "objects"] as const;

export const FAULTS: readonly Fault[] = [
  {
    id: 1,
    what: "agent killed while it dumps",
    outcome: "no backup of it is listed, no program goes on, the source is as it was",
    parts: ENGINES,
  },
  {
    id: 2,
    what: "agent killed between the stream and its manifest",
    outcome: "the stream is an orphan, never a backup",
    parts: VAULTS,
  },
  {
    id: 3,
    what: "agent killed between the manifest and its report",
    outcome: "the report is sent after the restart, once",
    parts: ["agent"],
  },
  {
    id: 4,
    what: "agent killed at any step of a restore, a rollback or a drop",
    outcome: "finished or undone from the journal: data old or new, never mixed",
    parts: ENGINES,
  },
  {
    id: 5,
    what: "agent killed right around the swap",
    outcome: "the target itself tells which side won, and the restart goes on from there",
    parts: ENGINES,
  },
  {
    id: 6,
    what: "power cut",
    outcome: "every journal line is durable before its effect",
    parts: ["agent"],
    nearest: "order of the calls that make durable, and kill -9 around each of them",
  },
  {
    id: 7,
    what: "portal away for hours during a job",
    outcome: "results are kept and told later with their own times; no swap without a live lease",
    parts: ["agent"],
  },
  {
    id: 8,
    what: "portal away when a job is asked for",
    outcome: "nothing starts; the agent asks again, ever more rarely and not in step with others",
    parts: ["agent"],
  },
  {
    id: 9,
    what: "portal answers 500, HTML, without end or without pace",
    outcome: "bounded in size and time, never acted upon",
    parts: ["agent"],
  },
  {
    id: 10,
    what: "the reply is lost after the portal took the message",
    outcome: "the same message gets the same answer and counts once",
    parts: ["agent", "portal"],
  },
  {
    id: 11,
    what: "lease ends while the job runs, and the job goes elsewhere",
    outcome: "the former agent stops before the swap, and its reports are refused by their epoch",
    parts: ["agent", "portal"],
  },
  {
    id: 12,
    what: "an agent wakes after hours and goes on",
    outcome: "it finds its lease ended by wall clock, gives up, and drops its side copy",
    parts: ["agent"],
  },
  {
    id: 13,
    what: "two agents with one key",
    outcome: "both are kept from work until a person has decided",
    parts: ["portal"],
  },
  {
    id: 14,
    what: "an old signed job is offered again",
    outcome: "refused by the agent's own ledger",
    parts: ["agent"],
  },
  {
    id: 15,
    what: "a job altered on its way or in the portal's database",
    outcome: "refused with an alarm, nothing done",
    parts: ["agent", "portal"],
  },
  {
    id: 16,
    what: "requester approves, or an approval was withdrawn",
    outcome: "refused by the agent although the portal offers it",
    parts: ["agent", "portal"],
  },
  {
    id: 17,
    what: "portal in an attacker's hand",
    outcome: "may delay; gets no unapproved job run, no data read, no backup deleted",
    parts: ["agent"],
  },
  {
    id: 18,
    what: "clocks days apart",
    outcome: "no job outside its time window, nothing deleted",
    parts: ["agent", "portal"],
  },
  {
    id: 19,
    what: "wrong password, unreachable host",
    outcome: "fails at once, asks once, writes nothing",
    parts: [...SQL, "vm", ...SERVERS],
  },
  {
    id: 20,
    what: "source goes away in the middle of a dump",
    outcome: "failed job, no backup",
    parts: ENGINES,
  },
  {
    id: 21,
    what: "a producer reports success for a cut or empty dump",
    outcome: "failed job, no backup",
    parts: ENGINES,
  },
  {
    id: 22,
    what: "SSH breaks or falls silent in the middle",
    outcome: "noticed, failed, and the far program is ended",
    parts: ["ssh"],
  },
  { id: 23, what: "another host key", outcome: "refused", parts: ["ssh"] },
  {
    id: 24,
    what: "no room for temporary files",
    outcome: "no matter: streams need none; copies that an engine must make clear themselves",
    parts: ENGINES,
  },
  {
    id: 25,
    what: "vault full",
    outcome: "failed and told as full; the vault stays sound and works once there is room",
    parts: VAULTS,
  },
  {
    id: 26,
    what: "no room where a restore is made",
    outcome: "ends in the side copy, which is dropped; live data untouched",
    parts: ENGINES,
  },
  {
    id: 27,
    what: "lock of a machine or process that is dead",
    outcome: "own dead locks are taken away, foreign ones waited for",
    parts: ["restic"],
  },
  {
    id: 28,
    what: "repository locked for maintenance",
    outcome: "waits with a bound, then says deferred, not damaged",
    parts: ["restic"],
  },
  {
    id: 29,
    what: "a flipped bit in the vault",
    outcome: "found when read; the backup is never restored from, and the alert names it",
    parts: VAULTS,
  },
  {
    id: 30,
    what: "a stored file is missing",
    outcome: "found when read; nothing is repaired by itself",
    parts: VAULTS,
  },
  {
    id: 31,
    what: "wrong vault password",
    outcome: "fails at once with an error of its own",
    parts: VAULTS,
  },
  {
    id: 32,
    what: "vault exchanged or set back to an older state",
    outcome: "the chain of manifests shows the gap",
    parts: VAULTS,
  },
  {
    id: 33,
    what: "a program is missing or of another version",
    outcome: "told by name before anything is done",
    parts: [...SQL, "vm", ...SERVERS, "restic"],
  },
  {
    id: 34,
    what: "server newer than the dump program",
    outcome: "refused before dumping",
    parts: SQL,
  },
  {
    id: 35,
    what: "restore to an older major version",
    outcome: "refused before anything is touched",
    parts: [...SQL, ...SERVERS],
  },
  {
    id: 36,
    what: "users connected and connecting again at the swap",
    outcome: "kept out for the swap, let in again; or the restore fails with live data open",
    parts: [...SQL, "sqlite", ...SERVERS],
  },
  {
    id: 37,
    what: "roles, extensions, collations, definers missing",
    outcome: "told before anything is touched, never left out silently",
    parts: SQL,
  },
  {
    id: 38,
    what: "a long lock stands before the dump",
    outcome: "waits with a bound and never makes others wait longer",
    parts: SQL,
  },
  {
    id: 39,
    what: "tables are altered during the dump",
    outcome: "the state of one instant, or another try; never a mixture",
    parts: SQL,
  },
  {
    id: 40,
    what: "very wide rows, very many tables",
    outcome: "streamed in constant memory, or refused before the dump with the reason",
    parts: [...SQL, "sqlite"],
  },
  {
    id: 41,
    what: "bytes that are no text, zero bytes, emoji",
    outcome: "come back byte for byte",
    parts: [...SQL, "sqlite"],
  },
  {
    id: 42,
    what: "names that shells and careless quoters trip over",
    outcome: "come back to the letter; no name reaches a shell",
    parts: [...SQL, ...FILES, "vm"],
  },
  {
    id: 43,
    what: "a tree that changes while it is read, with sparse, linked and special files",
    outcome: "read again or failed; what cannot be kept is counted, all else equal",
    parts: ["directory"],
  },
  {
    id: 44,
    what: "a bitmap that does not fit, a guest that hangs in freeze",
    outcome: "thawed by a watchdog, a full backup instead, never skipped silently",
    parts: ["vm"],
  },
  {
    id: 45,
    what: "agent told to stop for an upgrade",
    outcome: "ends or undoes what runs, and tells it after the restart",
    parts: ["agent"],
  },
  {
    id: 46,
    what: "a child killed for want of memory",
    outcome: "failed job, no backup",
    parts: ["agent"],
  },
  {
    id: 47,
    what: "no file descriptors left",
    outcome: "failed job, nothing written, works again afterwards",
    parts: ["agent"],
  },
  {
    id: 48,
    what: "a child that floods stderr",
    outcome: "a bounded tail is kept, memory does not grow",
    parts: ["agent", "ssh"],
  },
  {
    id: 49,
    what: "a child that ignores being told to end",
    outcome: "its whole group is killed",
    parts: ["agent", "ssh"],
  },
  {
    id: 50,
    what: "the same schedule fires twice",
    outcome: "one run",
    parts: ["agent"],
  },
  {
    id: 51,
    what: "a vault that fails to list, or lists nothing",
    outcome: "is no empty vault: nothing is deleted, nothing is called an orphan",
    parts: VAULTS,
  },
];

/** The tag of one cell of the table. */
export function cellTag(fault: number, part: Part): string {
  return `fault-${fault}:${part}`;
}

/** All tags there are; vitest refuses a test with any other. */
export const FAULT_TAGS: readonly { name: string; description: string }[] = FAULTS.flatMap(
  ({ id, what, parts }) => parts.map((part) => ({ name: cellTag(id, part), description: what })),
);

/** Tags of a test that shows these faults of a part. */
export function shows(part: Part, ...faults: readonly number[]): string[] {
  return faults.map((fault) => cellTag(fault, part));
}
