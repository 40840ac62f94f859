/**
 * Words of the workflow.
 *
 * - request: one run of one SOP version for one pemohon
 * - event: what happened, never changed; a request is its events in order
 * - head: the hash of the newest event. A person's command names the head it saw, so nobody
 *   decides on a file that has changed under their eyes
 * - actor: the natural person and the position by which they act
 * - choice: the targets (and for a restore the backups) a job works on
 * - exception: question, return, refusal, cancellation. No source SOP has them; they are shown as
 *   "di luar SOP"
 * - preview: a look at what a restore would change, before it is started
 * - follow-up: what becomes of the copy that a restore has kept, asked by one person and approved by
 *   another; outside the SOP like the preview
 * - question: what an official asks the pemohon; the clock of the step stands until it is answered
 */
import { z } from "zod";

export const Actor = z.strictObject({
  /** The natural person; "pemohon:<request>" for a requester without an account. */
  person: z.string().min(1),
  /** The position held, or "pemohon". */
  jabatan: z.string().min(1),
  capacity: z.enum(["definitif", "plt", "plh", "mandat", "pemohon"]),
});
export type Actor = z.infer<typeof Actor>;

/** Text and personal data lie outside the event; the event holds a salted commitment to them. */
export const ContentRef = z.strictObject({
  id: z.string().min(1),
  commitment: z.string().length(64),
});
export type ContentRef = z.infer<typeof ContentRef>;

export const Choice = z.strictObject({
  alias: z.string().min(1),
  /** Backup id for restore and check; null for a backup. */
  backup: z.string().min(1).nullable(),
});
export type Choice = z.infer<typeof Choice>;

/** Why a request was refused, as far as it is counted in public (UU 14/2008 Pasal 12). */
export const RefusalClass = z.enum([
  "tidak-lengkap",
  "bukan-wewenang",
  "cadangan-tidak-ada",
  "kapasitas",
  "ganda",
  "lainnya",
]);
export type RefusalClass = z.infer<typeof RefusalClass>;

/**
 * What an agent is sent to do. The first three are a procedure's own work; a preview tells what a
 * restore would change, a rollback and a drop decide about the copy that a restore has kept.
 */
export const JOB_ACTIONS = ["backup", "restore", "check", "preview", "rollback", "drop"] as const;
export const JobAction = z.enum(JOB_ACTIONS);
export type JobAction = z.infer<typeof JobAction>;

export const FollowUpAction = z.enum(["rollback", "drop"]);
export type FollowUpAction = z.infer<typeof FollowUpAction>;

const DocumentRef = z.strictObject({
  kind: z.string().min(1),
  id: z.string().min(1),
  sha256: z.string().length(64),
});
export type DocumentRef = z.infer<typeof DocumentRef>;

const JobRef = z.strictObject({
  job: z.string().min(1),
  action: JobAction,
  /** SHA-256 of the exact JobSpec bytes: D. */
  digest: z.string().length(64),
});

/** An order whose action the event tells by itself. */
const order = { job: JobRef.shape.job, digest: JobRef.shape.digest };

export const WorkflowEvent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("submitted"),
    act: z.string(),
    kind: z.enum(["backup", "restore"]),
    sop: z.strictObject({ slug: z.string(), digest: z.string().length(64) }),
    by: Actor,
    content: ContentRef,
    documents: z.array(DocumentRef),
  }),
  z.strictObject({
    type: z.literal("act_performed"),
    act: z.string(),
    by: Actor,
    /** Indexes into the step's kelengkapan. */
    ticks: z.array(z.int().nonnegative()),
    content: ContentRef.nullable(),
    documents: z.array(DocumentRef),
    branch: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal("choice_made"), act: z.string(), choices: z.array(Choice) }),
  /** The JobSpec that `act` will run is fixed. */
  z.strictObject({ type: z.literal("job_frozen"), act: z.string(), ...JobRef.shape }),
  z.strictObject({ type: z.literal("job_started"), act: z.string(), by: Actor, ...JobRef.shape }),
  z.strictObject({
    type: z.literal("job_finished"),
    job: z.string(),
    outcome: z.enum(["succeeded", "failed", "cancelled", "refused"]),
    /** SHA-256 of the agent's signed result. */
    result: z.string().length(64),
  }),
  /** Outside the SOP: the agent is to tell what the restore of act `of` would change. */
  z.strictObject({
    type: z.literal("preview_started"),
    act: z.string(),
    by: Actor,
    of: z.string(),
    choices: z.array(Choice),
    ...order,
  }),
  /** `restored`: the job of the restore whose kept copy it is about. */
  z.strictObject({
    type: z.literal("follow_up_asked"),
    action: FollowUpAction,
    restored: z.string(),
    by: Actor,
    content: ContentRef,
    ...order,
  }),
  /** Sends the agent to work. */
  z.strictObject({
    type: z.literal("follow_up_approved"),
    action: FollowUpAction,
    restored: z.string(),
    by: Actor,
    ...order,
  }),
  z.strictObject({
    type: z.literal("follow_up_declined"),
    action: FollowUpAction,
    job: z.string(),
    by: Actor,
    content: ContentRef,
  }),
  /** By the one who asked, before anybody answered. */
  z.strictObject({
    type: z.literal("follow_up_withdrawn"),
    action: FollowUpAction,
    job: z.string(),
    by: Actor,
  }),
  z.strictObject({
    type: z.literal("returned"),
    from: z.string(),
    to: z.string(),
    by: Actor,
    content: ContentRef,
  }),
  z.strictObject({ type: z.literal("asked"), act: z.string(), by: Actor, content: ContentRef }),
  z.strictObject({ type: z.literal("answered"), by: Actor, content: ContentRef }),
  z.strictObject({
    type: z.literal("refused"),
    act: z.string(),
    by: Actor,
    reason: RefusalClass,
    content: ContentRef,
  }),
  z.strictObject({ type: z.literal("cancelled"), by: Actor, content: ContentRef }),
  z.strictObject({ type: z.literal("completed") }),
]);
export type WorkflowEvent = z.infer<typeof WorkflowEvent>;

export type RequestStatus = "active" | "completed" | "refused" | "cancelled";

/** `frozen`: the order is fixed and nobody has sent the agent to it yet. */
export type JobPhase = "frozen" | "started" | "succeeded" | "failed" | "cancelled" | "refused";

export interface JobInState {
  readonly job: string;
  readonly act: string;
  readonly action: JobAction;
  readonly digest: string;
  readonly phase: JobPhase;
}

/** The newest preview. A return keeps it: what it told of its choices stays true. */
export interface PreviewInState {
  readonly job: string;
  /** Act whose restore it looks at. */
  readonly act: string;
  readonly digest: string;
  readonly choices: readonly Choice[];
  readonly phase: JobPhase;
}

/** A restore that succeeded; a return does not undo it. */
export interface RestoreInState {
  readonly job: string;
  readonly act: string;
  /** Who sent the agent to it. */
  readonly starter: string;
  readonly choices: readonly Choice[];
  /** The newest one. */
  readonly followUp: FollowUpInState | null;
}

/** `frozen` while it waits for an answer. */
export interface FollowUpInState {
  readonly job: string;
  readonly action: FollowUpAction;
  readonly digest: string;
  readonly asker: string;
  readonly phase: JobPhase | "declined" | "withdrawn";
}

/** What is known of a request after its events. */
export interface RequestState {
  readonly status: RequestStatus;
  readonly kind: "backup" | "restore";
  /** The act whose turn it is; null when closed. */
  readonly act: string | null;
  /** Latest doer of each act in the current round. */
  readonly doers: Readonly<Record<string, string>>;
  /** Who sent the agent to work for an act in the current round: a part of doing it. */
  readonly starters: Readonly<Record<string, string>>;
  readonly choices: readonly Choice[];
  /** Latest job per act. */
  readonly jobs: Readonly<Record<string, JobInState>>;
  readonly preview: PreviewInState | null;
  /** Oldest first. */
  readonly restores: readonly RestoreInState[];
  readonly returns: number;
  /** How often each decision was left by its way back, by number of the step. */
  readonly ways: Readonly<Record<number, number>>;
  /** An official asked the pemohon and has no answer yet: no clock runs. */
  readonly awaitsAnswer: boolean;
}

/** A JobSpec already made by the caller: ids, time and hashing are not the reducer's. */
export interface PreparedJob {
  readonly job: string;
  readonly action: JobAction;
  readonly digest: string;
}

export type Command =
  /** Closes the act whose turn it is. */
  | {
      readonly type: "perform";
      readonly act: string;
      readonly by: Actor;
      readonly ticks: readonly number[];
      readonly content: ContentRef | null;
      readonly documents: readonly DocumentRef[];
      readonly branch: string | null;
      readonly choices: readonly Choice[] | null;
      /** Needed where the act freezes a job. */
      readonly freeze: PreparedJob | null;
    }
  /** Sends the agent to work for the act whose turn it is. */
  | {
      readonly type: "start_job";
      readonly act: string;
      readonly by: Actor;
      readonly choices: readonly Choice[] | null;
      /** Needed where the act's job was not frozen by an earlier act. */
      readonly prepared: PreparedJob | null;
    }
  /** Sends the agent to look what the restore would change; asked at the open act. */
  | {
      readonly type: "start_preview";
      readonly act: string;
      readonly by: Actor;
      /** Where the open act chooses them; else the frozen ones are looked at. */
      readonly choices: readonly Choice[] | null;
      readonly prepared: PreparedJob | null;
    }
  | {
      readonly type: "ask_follow_up";
      readonly restored: string;
      readonly action: FollowUpAction;
      readonly by: Actor;
      readonly content: ContentRef;
      readonly prepared: PreparedJob;
    }
  /** `digest`: of the order the approver saw. */
  | {
      readonly type: "approve_follow_up";
      readonly job: string;
      readonly digest: string;
      readonly by: Actor;
    }
  | {
      readonly type: "decline_follow_up";
      readonly job: string;
      readonly by: Actor;
      readonly content: ContentRef;
    }
  | { readonly type: "withdraw_follow_up"; readonly job: string; readonly by: Actor }
  | {
      readonly type: "finish_job";
      readonly job: string;
      readonly outcome: "succeeded" | "failed" | "cancelled" | "refused";
      readonly result: string;
    }
  | {
      readonly type: "return";
      readonly act: string;
      readonly to: string;
      readonly by: Actor;
      readonly content: ContentRef;
    }
  | {
      readonly type: "refuse";
      readonly act: string;
      readonly by: Actor;
      readonly reason: RefusalClass;
      readonly content: ContentRef;
    }
  /** Asks the pemohon something about the open act. */
  | {
      readonly type: "ask";
      readonly act: string;
      readonly by: Actor;
      readonly content: ContentRef;
    }
  | { readonly type: "answer"; readonly by: Actor; readonly content: ContentRef }
  | { readonly type: "cancel"; readonly by: Actor; readonly content: ContentRef };
