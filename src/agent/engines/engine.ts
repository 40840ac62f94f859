import type { ContentDigest, EngineId, Manifest } from "#protocol/manifest.ts";
import type { TargetConfig } from "../config.ts";
import type { Host } from "../process/host.ts";

/** What an engine may use; time and abort come from outside. */
export interface EngineIo {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Detail for the agent's own log; the portal never gets it. */
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
}

export interface TargetFacts {
  /** Identity of the very target (system identifier + oid, server UUID + schema, inode …), so that a namesake is noticed. */
  readonly identity: string;
  readonly serverVersion: string;
  readonly toolVersion: string;
  /** Estimate of the dump's size. */
  readonly estimatedBytes: number;
  /** Free bytes where a side copy would be made; null if unknown. */
  readonly freeBytes: number | null;
}

export interface DumpReport {
  /** Taken in the dump's own snapshot. */
  readonly content: ContentDigest;
  readonly recreate: Readonly<Record<string, string>>;
  readonly tools: Readonly<Record<string, string>>;
  /** What the producer says it wrote, where it says so: the stored stream must be as long. */
  readonly bytes?: number;
  /**
   * What the stored stream must end with, where the engine handed the descriptor on and did not see
   * the bytes: whoever stores the stream looks when it is read back (`assertWholeStream`). One of
   * several, where versions of a tool differ.
   */
  readonly endsWith?: string | readonly string[];
  /**
   * Where the engine's own tool keeps the data in a repository of its own and the stream only points
   * there (pgBackRest): what people are told as size.
   */
  readonly external?: NonNullable<Manifest["external"]>;
}

/** Names of the three copies during a restore, made from the job id; engines turn them into their own. */
export interface SideNames {
  readonly side: string;
  readonly old: string;
  /**
   * True where there was nothing live when the restore began (the server was lost, the database was
   * dropped): the swap then only puts the side copy in the empty place, `old` never comes to be, and
   * `rollback` removes what the swap put there. The restore's journal remembers it.
   */
  readonly liveWasAbsent?: boolean;
}

export type Copy = "live" | "side" | "old";

/** What replacing the live copy by the side copy would do to one unit (a table, a folder, a disk). */
export interface UnitChange {
  readonly name: string;
  /** Of what holds no rows (a view, a trigger), and is added, changed or lost as one: its kind, as the inventory names it. */
  readonly kind?: string;
  /** Rows, files or blocks that only the side copy has. */
  readonly added: number;
  /** Those that both have, with other content; 0 where nothing identifies a row. */
  readonly changed: number;
  /** Those that only the live copy has: what the restore would lose. */
  readonly lost: number;
}

/**
 * One kind of target. An engine never imports another engine; what they share lies in
 * process/ and restore/.
 *
 * What must hold of every engine, shown by one contract suite on real servers:
 * - `presence`, `inspect`, `digest`, `compare` and `answer` write nothing to the live copy
 * - `dump` resolves only when the producer exited 0 AND its own end mark was proven, or is named in
 *   the report (`endsWith`) for the reading back; else it rejects, and the caller aborts the vault's
 *   writer
 * - nothing before `swap` changes what users of the target read; `quiesce` may keep them out
 * - `swap` is one atomic step: afterwards the target is wholly old or wholly new. Where the engine
 *   needs several statements, a crash between them is finished or undone by `swapState` + `rollback`
 * - all but `dump` and `loadSide` are idempotent
 * - names, rows and passwords never reach errors or logs; error codes are ENGINE_* of the table
 */
export interface Engine {
  readonly id: EngineId;
  /** Read only; ENGINE_CONNECT, ENGINE_VERSION, ENGINE_TOOL_MISSING, ENGINE_UNSUPPORTED. */
  inspect(target: TargetConfig, io: EngineIo): Promise<TargetFacts>;
  /** Writes one consistent dump to `fd` (not closed here). */
  dump(target: TargetConfig, fd: number, io: EngineIo): Promise<DumpReport>;
  /**
   * Refuses early what could not be restored here: versions, roles, extensions, space. Also where
   * nothing is live any more: then it judges the empty place (its parent, its server).
   */
  preflight(target: TargetConfig, manifest: Manifest, io: EngineIo): Promise<TargetFacts>;
  /** Makes the side copy from the stream at `fd`. On failure the side copy is gone. */
  loadSide(
    target: TargetConfig,
    names: SideNames,
    manifest: Manifest,
    fd: number,
    io: EngineIo,
  ): Promise<void>;
  digest(target: TargetConfig, copy: Copy, names: SideNames, io: EngineIo): Promise<ContentDigest>;
  /** Keeps users out while the agent can still dump. Undone by `reopen`. */
  quiesce(target: TargetConfig, names: SideNames, io: EngineIo): Promise<void>;
  reopen(target: TargetConfig, names: SideNames, io: EngineIo): Promise<void>;
  /**
   * live → old, side → live. ENGINE_BUSY where users cannot be kept out, or where the place was empty
   * and somebody has filled it since (`liveWasAbsent`); then nothing changed.
   */
  swap(target: TargetConfig, names: SideNames, io: EngineIo): Promise<void>;
  /** What the names say after a crash. */
  swapState(
    target: TargetConfig,
    names: SideNames,
    io: EngineIo,
  ): Promise<"before" | "after" | "between">;
  /** old → live; what was live is dropped. Works from `after` and from `between`. */
  rollback(target: TargetConfig, names: SideNames, io: EngineIo): Promise<void>;
  /** Removes the side copy, if any. */
  dropSide(target: TargetConfig, names: SideNames, io: EngineIo): Promise<void>;
  /** Whether there is anything live. ENGINE_CONNECT where the server itself cannot be asked. */
  presence(target: TargetConfig, io: EngineIo): Promise<"present" | "absent">;
  /**
   * Units that differ between live and side copy, in no order; units that are equal are left out.
   * Reads only, in constant memory, row contents never leave the server's own programs and this one.
   */
  compare(target: TargetConfig, names: SideNames, io: EngineIo): Promise<readonly UnitChange[]>;
  /**
   * L4: the engine's own check of pages and indexes. ENGINE_DAMAGED where it finds damage; false
   * where the tool for it is not installed or the engine has none.
   */
  checkPhysically(
    target: TargetConfig,
    copy: Copy,
    names: SideNames,
    io: EngineIo,
  ): Promise<boolean>;
  /**
   * L5: what a read-only statement of the operator answers on a copy, as trimmed text, columns
   * divided by tabs and rows by newlines. ENGINE_UNSUPPORTED where the engine has no statements.
   */
  answer(
    target: TargetConfig,
    copy: Copy,
    names: SideNames,
    statement: string,
    io: EngineIo,
  ): Promise<string>;
  /** Removes the kept copy of a finished restore for good. Idempotent. */
  dropOld(target: TargetConfig, names: SideNames, io: EngineIo): Promise<void>;
  /**
   * Names (as in SideNames) of side and kept copies that lie at the target, of whatever restore or
   * drill: for `doctor`, and to clear what a killed drill has left.
   */
  leftovers(target: TargetConfig, io: EngineIo): Promise<readonly string[]>;
  /** For the operator: where the former data lie after a swap. */
  keptAs(target: TargetConfig, names: SideNames): string;
}
