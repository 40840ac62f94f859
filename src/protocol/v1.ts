/**
 * The wire contract between functions and agent, version 1, under /api/agent/v1/. Every request is
 * a POST whose body is a flattened JWS (RFC 7515) with protected header
 * {alg:"EdDSA", kid, url, sid?, n?, iat}; `n` grows with every request of a session, so a replay is
 * refused. Answers are plain JSON; refusals use the one error envelope.
 */
import { z } from "zod";
import { ProofLevel, TargetCare } from "#domain/job/care.ts";
import { Envelope } from "#domain/trust/dsse.ts";
import { Choice, JobAction } from "#domain/workflow/types.ts";
import { EngineId, VaultKind } from "./manifest.ts";

export { Alert, TargetCare } from "#domain/job/care.ts";

export const PROTOCOL_VERSION = 1;
export const AGENT_API = "/api/agent/v1";
/** Held below the 30 s at which common proxies cut a silent connection. */
export const POLL_HOLD_MS = 25_000;
export const LEASE_MS = 60_000;
/** An agent that has not polled for this long is shown as lost. */
export const LOST_AFTER_MS = 180_000;
export const CLOCK_SKEW_MAX_S = 120;
export const BODY_BYTES_MAX = 1_048_576;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.string().min(1).max(100);

export const FlattenedJws = z.strictObject({
  protected: z.string().min(1),
  payload: z.string(),
  signature: z.string().min(1),
});
export type FlattenedJws = z.infer<typeof FlattenedJws>;

export const ProtectedHeader = z.strictObject({
  alg: z.literal("EdDSA"),
  /** Agent id; for enrolment the RFC 7638 thumbprint of the new key. */
  kid: id,
  url: z.string().startsWith("/"),
  sid: id.optional(),
  n: z.int().positive().optional(),
  /** Unix seconds. */
  iat: z.int(),
});
export type ProtectedHeader = z.infer<typeof ProtectedHeader>;

export const PublicJwk = z.strictObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().min(1),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

/** What a target is to the portal: an alias and figures, never a host or a credential. */
export const TargetSummary = z.strictObject({
  alias: id,
  engine: EngineId,
  actions: z.array(JobAction),
  vault: z.strictObject({
    alias: id,
    kind: VaultKind,
    freeBytes: z.int().nonnegative().nullable(),
  }),
  /** Estimated size of a backup; null while the target cannot be asked. */
  estimatedBytes: z.int().nonnegative().nullable(),
  /** Null where the operator has set no schedule. */
  care: TargetCare.nullable().default(null),
});
export type TargetSummary = z.infer<typeof TargetSummary>;

/** A verified backup, as the portal may know it. */
export const BackupSummary = z.strictObject({
  id,
  alias: id,
  engine: EngineId,
  vault: id,
  vaultKind: VaultKind,
  purpose: z.enum(["backup", "safety"]),
  bytes: z.int().positive(),
  storedBytes: z.int().nonnegative(),
  finishedAt: z.iso.datetime(),
  /** SHA-256 of the signed manifest's payload bytes. */
  manifest: sha256,
  content: sha256,
});
export type BackupSummary = z.infer<typeof BackupSummary>;

export const EnrollRequest = z.strictObject({
  code: z.string().min(1).max(100),
  jwk: PublicJwk,
  hostname: z.string().max(255),
  version: z.string().max(50),
});
export const EnrollAnswer = z.strictObject({
  agent: id,
  /** Groups to compare on both screens before approval. */
  fingerprint: z.string(),
  server: z.strictObject({ jwk: PublicJwk }),
});

export const SessionRequest = z.strictObject({
  bootId: id,
  protocols: z.array(z.int()).min(1),
  version: z.string().max(50),
});
export const SessionAnswer = z.strictObject({
  sid: id,
  protocol: z.int(),
  holdMs: z.int(),
  leaseMs: z.int(),
  now: z.iso.datetime(),
});

/** The last word of a process that ends in order, so that nobody waits for its return. */
export const EndRequest = z.strictObject({});
export const EndAnswer = z.strictObject({ ended: z.literal(true) });

/** Frozen bytes; their SHA-256 is D. */
export const JobSpec = z.strictObject({
  v: z.literal(1),
  job: id,
  request: id,
  sop: z.strictObject({ slug: id, digest: sha256 }),
  act: id,
  action: JobAction,
  /** For restore and check each choice names a backup; `manifests` pins its bytes, by backup id. */
  choices: z.array(Choice).min(1),
  manifests: z.record(z.string(), sha256),
  agent: id,
  createdAt: z.iso.datetime(),
  /** Not run after this instant. */
  notAfter: z.iso.datetime(),
  destructive: z.boolean(),
  /** For `rollback` and `drop`: the job of the restore they speak of. */
  restored: id.nullable().default(null),
});
export type JobSpec = z.infer<typeof JobSpec>;

export const Offer = z.strictObject({
  job: id,
  epoch: z.int().positive(),
  leaseUntil: z.iso.datetime(),
  /** The exact JobSpec bytes as text. */
  spec: z.string(),
  digest: sha256,
  /** Compact JWS by the server key over {aud, job, digest, epoch, nonce, exp}. */
  ticket: z.string(),
  /** The pinned SOP's canonical bytes and the request's event bytes, for the agent's own replay. */
  sop: z.string(),
  events: z.array(z.strictObject({ bytes: z.string(), hash: sha256 })),
});
export type Offer = z.infer<typeof Offer>;

export const Ticket = z.strictObject({
  aud: id,
  job: id,
  digest: sha256,
  epoch: z.int().positive(),
  nonce: z.string(),
  exp: z.int(),
});

export const PollRequest = z.strictObject({
  nonce: z.string().min(16).max(64),
  capacity: z.int().nonnegative(),
  running: z.array(
    z.strictObject({ job: id, epoch: z.int().positive(), seq: z.int().nonnegative() }),
  ),
  /** Sent when it changed since this session last sent it. */
  catalog: z
    .strictObject({
      targets: z.array(TargetSummary),
      backups: z.array(BackupSummary),
      /** Newest drills, each a DSSE envelope over a DrillRecord. */
      drills: z.array(Envelope).max(100).default([]),
    })
    .nullable(),
});
export type PollRequest = z.infer<typeof PollRequest>;
export const PollAnswer = z.strictObject({
  now: z.iso.datetime(),
  offers: z.array(Offer),
  cancels: z.array(z.strictObject({ job: id, epoch: z.int().positive() })),
  /** Jobs named in `running` whose epoch is no longer theirs. */
  fenced: z.array(id),
});
export type PollAnswer = z.infer<typeof PollAnswer>;

/** Why an agent does not run an offered job. Adding one is a change of the protocol. */
export const RefusalReason = z.enum([
  "ticket_expired",
  "wrong_nonce",
  "not_for_me",
  "bad_signature",
  "digest_differs",
  "chain_broken",
  "not_approved",
  "same_person",
  "outside_window",
  "already_started",
  "local_policy",
  "target_unknown",
  "manifest_differs",
  "clock_skew",
  "malformed",
  "busy",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

export const AcceptRequest = z.strictObject({
  epoch: z.int().positive(),
  refuse: z.strictObject({ reason: RefusalReason, detail: z.string().max(500) }).nullable(),
});
export const AcceptAnswer = z.strictObject({ leaseUntil: z.iso.datetime().nullable() });

export const StartRequest = z.strictObject({ epoch: z.int().positive(), startId: id });
export const StartAnswer = z.strictObject({ startId: id });

export const ProgressPhase = z.enum([
  "preflight",
  "dump",
  "commit",
  "check",
  "side",
  "verify",
  "quiesce",
  "safety",
  "swap",
  "check_live",
  "compare",
  "rollback",
  "drop",
  "done",
]);
export type ProgressPhase = z.infer<typeof ProgressPhase>;

/** Progress for people: no host, no row, no credential. */
export const JobEvent = z.strictObject({
  seq: z.int().positive(),
  t: z.iso.datetime(),
  alias: id.nullable(),
  phase: ProgressPhase,
  percent: z.number().min(0).max(100).nullable(),
  bytes: z.int().nonnegative().nullable(),
  /** One Indonesian sentence. */
  message: z.string().max(500),
});
export type JobEvent = z.infer<typeof JobEvent>;

export const EventsRequest = z.strictObject({
  epoch: z.int().positive(),
  events: z.array(JobEvent).min(1).max(500),
});
export const EventsAnswer = z.strictObject({ acceptedSeq: z.int().nonnegative() });

export const RESULT_TYPE = "application/vnd.pulih.result+json";

/** What a restore would do to one unit (table, folder, disk): counts, never content. */
export const UnitChange = z.strictObject({
  name: z.string().min(1).max(300),
  added: z.int().nonnegative(),
  changed: z.int().nonnegative(),
  lost: z.int().nonnegative(),
});
export type UnitChange = z.infer<typeof UnitChange>;

export const PREVIEW_UNITS_MAX = 200;

/** What it would do to one object that holds no rows: a view, a routine, a trigger. */
export const DefinitionChange = z.strictObject({
  kind: z.string().min(1).max(100),
  name: z.string().min(1).max(300),
  change: z.enum(["added", "changed", "lost"]),
});
export type DefinitionChange = z.infer<typeof DefinitionChange>;

/** What a restore would add, change and lose, told before anybody approves it. */
export const Preview = z.strictObject({
  /** `absent`: nothing is there to lose. `unreadable`: what is there can be neither compared nor saved. */
  live: z.enum(["present", "absent", "unreadable"]),
  /** Units that change, those that lose most first. */
  units: z.array(UnitChange).max(PREVIEW_UNITS_MAX),
  /** Over all units, also those that are not listed. */
  total: UnitChange.omit({ name: true }),
  changedUnits: z.int().nonnegative(),
  equalUnits: z.int().nonnegative(),
  /** Objects that are not rows, by kind, where their number differs. */
  objects: z.array(
    z.strictObject({
      kind: z.string().min(1).max(100),
      before: z.int().nonnegative(),
      after: z.int().nonnegative(),
    }),
  ),
  /** Objects that are not rows and differ, those that are lost first. */
  definitions: z.array(DefinitionChange).max(PREVIEW_UNITS_MAX).default([]),
  /** Also those that are not listed. */
  changedDefinitions: z.int().nonnegative().default(0),
});
export type Preview = z.infer<typeof Preview>;

const TargetResult = z.strictObject({
  alias: id,
  engine: EngineId,
  /** The backup made, restored or checked. */
  backup: BackupSummary.nullable(),
  restore: z
    .strictObject({
      /** Content digest of the live target just before the swap, from the safety backup; null where nothing was live. */
      liveBefore: sha256.nullable(),
      /** Content digest of what is live after the swap. */
      liveAfter: sha256,
      expected: sha256,
      digestsEqual: z.boolean(),
      units: z.int().nonnegative(),
      rows: z.int().nonnegative(),
      swapMs: z.number().nonnegative(),
      level: ProofLevel.default("L3"),
      /** Null where nothing was live. */
      safetyBackup: id.nullable(),
      /** How the former data can be found again by the operator. */
      kept: z.string(),
    })
    .nullable(),
  check: z
    .strictObject({
      readable: z.boolean(),
      bytes: z.int().nonnegative(),
      level: z.enum(["L0", "L1"]),
    })
    .nullable(),
  preview: Preview.nullable().default(null),
  /** What became of the copy that a restore had kept. */
  followUp: z
    .strictObject({
      restored: id,
      /** Of a rollback: what is live now, and the backup of what was live until then. */
      liveAfter: sha256.nullable(),
      safetyBackup: id.nullable(),
    })
    .nullable()
    .default(null),
});
export type TargetResult = z.infer<typeof TargetResult>;

export const JobResult = z.strictObject({
  v: z.literal(1),
  agent: id,
  job: id,
  digest: sha256,
  epoch: z.int().positive(),
  outcome: z.enum(["succeeded", "failed", "cancelled"]),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Code of the error table; the sentence comes from there. */
  error: z.strictObject({ code: z.string(), alias: id.nullable() }).nullable(),
  targets: z.array(TargetResult),
  /** SHA-256 over the canonical JSON of all events sent. */
  log: sha256,
});
export type JobResult = z.infer<typeof JobResult>;

export const FinishRequest = z.strictObject({
  epoch: z.int().positive(),
  lastSeq: z.int().nonnegative(),
  result: Envelope,
});
export const FinishAnswer = z.strictObject({ recorded: z.literal(true) });

/** The one error envelope, for every route. */
export const ErrorAnswer = z.strictObject({
  galat: z.strictObject({
    code: z.string(),
    pesan: z.string(),
    requestId: z.string(),
    perbaikan: z.array(z.strictObject({ field: z.string(), pesan: z.string() })),
    detail: z.record(z.string(), z.unknown()),
  }),
});
