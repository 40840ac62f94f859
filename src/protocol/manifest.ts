/**
 * The manifest is the commit point of a backup: bytes in a vault count only together with a manifest
 * that the agent signed and that verifies.
 */
import { z } from "zod";
import { ProofLevel } from "#domain/job/care.ts";

export { ProofLevel } from "#domain/job/care.ts";

export const EngineId = z.enum([
  "postgres",
  "mariadb",
  "sqlite",
  "directory",
  "vm",
  "postgres-cluster",
  "mariadb-server",
]);
export type EngineId = z.infer<typeof EngineId>;

export const VaultKind = z.enum(["restic", "objects"]);
export type VaultKind = z.infer<typeof VaultKind>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One table, file tree entry group or other unit whose content is compared after a restore. */
export const ContentEntry = z.strictObject({
  name: z.string().min(1),
  /** Rows of a table, files of a tree. */
  count: z.int().nonnegative(),
  /** Engine's content digest of the unit; equal content gives equal text. */
  digest: z.string().min(1),
});
export type ContentEntry = z.infer<typeof ContentEntry>;

/** What a target holds, taken in the dump's own snapshot. */
export const ContentDigest = z.strictObject({
  algorithm: z.string().min(1),
  /** Objects that are not rows: views, routines, triggers, indexes …, by kind, with their count. */
  inventory: z.record(z.string(), z.int().nonnegative()),
  /** Sorted by name. */
  entries: z.array(ContentEntry),
  /** SHA-256 over the canonical JSON of the three above. */
  digest: sha256,
});
export type ContentDigest = z.infer<typeof ContentDigest>;

/** Where a vault put a stream; `bytes` and `sha256` are of the plain stream. */
export const Receipt = z.strictObject({
  vault: z.string().min(1),
  kind: VaultKind,
  /** Snapshot id or object name. */
  object: z.string().min(1),
  bytes: z.int().positive(),
  /** Of the plain stream; null where the stream went from program to program without being read. */
  sha256: sha256.nullable(),
  storedBytes: z.int().nonnegative(),
});
export type Receipt = z.infer<typeof Receipt>;

export const MANIFEST_TYPE = "application/vnd.pulih.manifest+json";

export const Manifest = z.strictObject({
  v: z.literal(1),
  /** Backup id. */
  id: z.string().min(1),
  agent: z.string().min(1),
  alias: z.string().min(1),
  engine: EngineId,
  /** Job that made it; null for a backup the operator started on the agent's host. */
  job: z.string().nullable(),
  epoch: z.int().nonnegative(),
  purpose: z.enum(["backup", "safety"]),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  receipt: Receipt,
  content: ContentDigest,
  /** What is needed to make the target anew: owner, encoding, roles, format. Engine's own keys, strings only. */
  recreate: z.record(z.string(), z.string()),
  /** Name → version of each tool and server used. */
  tools: z.record(z.string(), z.string()),
  /** The producer's own end-of-dump mark was seen. */
  endMarkerSeen: z.literal(true),
  /**
   * SHA-256 of the payload of this agent's manifest before it, of the same target; null for the
   * first. A vault that was put back to an older state has a gap here.
   */
  previous: sha256.nullable().default(null),
  /** Data that the engine's own tool keeps in a repository of its own; the stream points there. */
  external: z
    .strictObject({
      tool: z.string().min(1),
      object: z.string().min(1),
      bytes: z.int().positive(),
      storedBytes: z.int().nonnegative(),
    })
    .nullable()
    .default(null),
});
export type Manifest = z.infer<typeof Manifest>;

export const DRILL_TYPE = "application/vnd.pulih.drill+json";

/** A restore drill: the backup was restored beside, compared and dropped again. Signed by the agent. */
export const DrillRecord = z.strictObject({
  v: z.literal(1),
  id: z.string().min(1).max(100),
  agent: z.string().min(1),
  alias: z.string().min(1),
  engine: EngineId,
  /** Backup id and SHA-256 of its manifest's payload. */
  backup: z.string().min(1),
  manifest: sha256,
  /** What was to be proved. */
  level: ProofLevel,
  ok: z.boolean(),
  /** Code of the error table where it is not ok. */
  error: z.string().nullable(),
  bytes: z.int().nonnegative(),
  units: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
});
export type DrillRecord = z.infer<typeof DrillRecord>;
