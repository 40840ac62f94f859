/** Offers as an honest portal makes them: a request that went through the sample SOP to a started job. */
import { canonicalJson, type Json, sha256Hex } from "#domain/trust/canonical.ts";
import { seal } from "#domain/trust/event-chain.ts";
import { isDestructive, isFollowUp, isOfProcedure } from "#domain/workflow/agent-work.ts";
import type { Actor, Choice, JobAction, WorkflowEvent } from "#domain/workflow/types.ts";
import { signTicket } from "#protocol/jws.ts";
import { JobSpec, type Offer } from "#protocol/v1.ts";
import { sampleSop } from "#support/sample-sop.ts";

export const actor = (person: string, jabatan: string): Actor => ({
  person,
  jabatan,
  capacity: jabatan === "pemohon" ? "pemohon" : "definitif",
});

export interface OfferParts {
  readonly sop: string;
  readonly spec: JobSpec;
  readonly specText: string;
  readonly digest: string;
  readonly events: readonly WorkflowEvent[];
}

export interface Wish {
  readonly job?: string;
  readonly request?: string;
  readonly agent?: string;
  readonly action?: JobAction;
  readonly choices?: readonly Choice[];
  readonly manifests?: Readonly<Record<string, string>>;
  readonly at?: Date;
  readonly notAfter?: Date;
}

const content = { id: "c1", commitment: "c".repeat(64) };

/** Everything that people decided, ready to be sealed; tests change it before. */
export async function approvedParts(wish: Wish = {}): Promise<OfferParts> {
  const at = wish.at ?? new Date("2026-08-03T02:00:00.000Z");
  const action = wish.action ?? "backup";
  const job = wish.job ?? "job-1";
  // The sample SOP sends the agent to what was asked for; a check is a task of its own there.
  const sop = canonicalJson(
    sampleSop(action === "check" ? { langkah: withCheck() } : {}) as unknown as Json,
  );
  const choices = [
    ...(wish.choices ?? [{ alias: "db", backup: action === "backup" ? null : "b1" }]),
  ];
  const pinned = { slug: "contoh", digest: await sha256Hex(sop) };
  const spec = JobSpec.parse({
    v: 1,
    job,
    request: wish.request ?? "req-1",
    sop: pinned,
    act: "laksana",
    action,
    choices,
    manifests: { ...wish.manifests },
    agent: wish.agent ?? "agent-1",
    createdAt: at.toISOString(),
    notAfter: (wish.notAfter ?? new Date(at.getTime() + 86_400_000)).toISOString(),
    destructive: isDestructive(action),
    restored: isFollowUp(action) ? RESTORE.job : null,
  });
  const specText = canonicalJson(spec as unknown as Json);
  const digest = await sha256Hex(specText);
  const ref = { job, action, digest };
  const teknisi = actor("sari", "teknisi");
  const performed = { ticks: [], content: null, documents: [], branch: null };
  const kind = action === "backup" ? "backup" : "restore";
  const events: WorkflowEvent[] = [
    {
      type: "submitted",
      act: "ajukan",
      kind,
      sop: pinned,
      by: actor("pemohon:1", "pemohon"),
      content,
      documents: [],
    },
    {
      ...performed,
      type: "act_performed",
      act: "putuskan",
      by: actor("budi", "kabid"),
      ticks: [0, 1],
      branch: "Ya",
    },
    ...(action === "check"
      ? []
      : ([
          { type: "choice_made", act: "rencana", choices },
          { ...performed, type: "act_performed", act: "rencana", by: teknisi },
          { type: "job_frozen", act: "laksana", ...(isOfProcedure(action) ? ref : RESTORE) },
        ] as const)),
    ...(action === "check" ? ([{ type: "choice_made", act: "laksana", choices }] as const) : []),
    ...(isOfProcedure(action)
      ? ([{ type: "job_started", act: "laksana", by: teknisi, ...ref }] as const)
      : outsideSop(action, { job, digest }, choices, teknisi)),
  ];
  return { sop, spec, specText, digest, events };
}

/** The restore that a preview looks at and a follow-up speaks of. */
const RESTORE = { job: "job-0", action: "restore", digest: "0".repeat(64) } as const;

/** Before the restore is started one looks at it; after it one asks and another approves. */
function outsideSop(
  action: "preview" | "rollback" | "drop",
  order: { readonly job: string; readonly digest: string },
  choices: Choice[],
  by: Actor,
): WorkflowEvent[] {
  if (action === "preview") {
    return [{ type: "preview_started", act: "laksana", by, of: "laksana", choices, ...order }];
  }
  const about = { action, restored: RESTORE.job, ...order };
  return [
    { type: "job_started", act: "laksana", by, ...RESTORE },
    { type: "job_finished", job: RESTORE.job, outcome: "succeeded", result: "1".repeat(64) },
    { type: "follow_up_asked", by, content, ...about },
    { type: "follow_up_approved", by: actor("budi", "kabid"), ...about },
  ];
}

/** Seals and tickets what was decided. */
export async function offerOf(
  parts: OfferParts,
  seat: {
    readonly serverKey: CryptoKey;
    readonly nonce: string;
    readonly now: Date;
    readonly epoch?: number;
  },
): Promise<Offer> {
  const { spec, specText, digest, sop } = parts;
  const epoch = seat.epoch ?? 1;
  const sealed = await seal(
    spec.request,
    { version: 0, head: "" },
    new Date(spec.createdAt),
    parts.events,
  );
  return {
    job: spec.job,
    epoch,
    leaseUntil: new Date(seat.now.getTime() + 60_000).toISOString(),
    spec: specText,
    digest,
    ticket: await signTicket(seat.serverKey, {
      aud: spec.agent,
      job: spec.job,
      digest,
      epoch,
      nonce: seat.nonce,
      exp: Math.floor(seat.now.getTime() / 1000) + 60,
    }),
    sop,
    events: sealed.map(({ bytes, hash }) => ({ bytes, hash })),
  };
}

/** Step 3 with an act that chooses and sends the agent to look at a backup. */
function withCheck(): unknown {
  const { langkah } = sampleSop();
  return langkah.map((step) =>
    step.no !== 3
      ? step
      : {
          ...step,
          tindakan: step.tindakan
            .filter((act) => act.id === "laksana")
            .map((act) => ({ ...act, tugasAgen: "cek-berkas", memilihSasaran: true })),
        },
  );
}
