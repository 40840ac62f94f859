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
}

/** Names of the three copies during a restore, made from the job id; engines turn them into their own. */
export interface SideNames {
  readonly side: string;
  readonly old: string;
}

export type Copy = "live" | "side" | "old";

/**
 * One kind of target. An engine never imports another engine; what they share lies in
 * process/ and restore/.
 *
 * What must hold of every engine, shown by one contract suite on real servers:
 * - `inspect` and `digest` write nothing
 * - `dump` resolves only when the producer exited 0 AND its own end mark was proven; else it rejects,
 *   and the caller aborts the vault's writer
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
  /** Refuses early what could not be restored here: versions, roles, extensions, space. */
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
  /** live → old, side → live. ENGINE_BUSY where users cannot be kept out; then nothing changed. */
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
  /** For the operator: where the former data lie after a swap. */
  keptAs(target: TargetConfig, names: SideNames): string;
}
