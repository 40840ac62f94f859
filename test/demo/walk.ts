/**
 * Walks one request through any SOP. It knows no step: who must act next, what the act asks and
 * which choices there are is read from the portal, which has it from the SOP's data.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Sop } from "#domain/sop/schema.ts";
import { CLASH_FIELD, type Field, submissionForm } from "#domain/workflow/form.ts";
import type { JobOutcome, RequestView } from "#domain/workflow/view.ts";
import type { PortalClient, Visitor } from "./portal-client.ts";

export interface Errand {
  readonly sop: Sop;
  readonly kind: "backup" | "restore";
  /** Aliases the work is about. */
  readonly targets: readonly string[];
  readonly specification: string;
  readonly reason: string;
}

export interface WalkedStep {
  readonly no: number;
  readonly role: string;
  readonly standardMinutes: number | null;
  readonly elapsedSeconds: number | null;
  readonly outcome: string;
}

export interface WalkedRequest {
  readonly sop: string;
  readonly ref: string;
  readonly code: string;
  readonly status: string;
  readonly steps: readonly WalkedStep[];
  readonly outcomes: readonly JobOutcome[];
}

export interface WalkOptions {
  /** The person who takes a role of the SOP. */
  readonly personOf: (sop: Sop, role: string) => Promise<{ visitor: Visitor; name: string }>;
  readonly say: (line: string) => void;
  readonly now: () => Date;
  /** Where to stop before the end; the request waits there. */
  readonly until?: (view: RequestView) => boolean;
}

export async function walk(
  portal: PortalClient,
  errand: Errand,
  options: WalkOptions,
): Promise<WalkedRequest> {
  const { sop } = errand;
  const answers = { spesifikasi: errand.specification, alasan: errand.reason, jenis: errand.kind };
  const begun = performance.now();
  const form = fill(submissionForm(sop), errand, options.now(), answers);
  const { ref, code } = await portal.submit({ sop: sop.slug, ...(form as Record<string, string>) });
  // The portal knows no beginning of a submission; whoever fills the form does.
  const submitted = (performance.now() - begun) / 1000;
  options.say(`Permohonan ${ref} — ${sop.judul}`);
  const pemohon: Visitor = { cookie: null, code };

  let view = await portal.view(pemohon, ref);
  announce(view, 1, "pemohon", options, submitted);
  let official: Visitor | null = null;
  while (view.next && !options.until?.(view)) {
    const { next } = view;
    const person = next.byRequester
      ? { visitor: pemohon, name: "pemohon" }
      : await options.personOf(sop, next.role);
    if (!next.byRequester) official = person.visitor;
    const before = await viewOffering(portal, person.visitor, ref, errand.targets);
    const asked = before.next;
    if (!asked?.mayAct) throw new Error(`${person.name} may not act: ${asked?.mayNot ?? "closed"}`);
    if (asked.phase === "failed") {
      throw new Error(`the agent's job failed: ${before.jobs.at(-1)?.error ?? "unknown"}`);
    }
    if (asked.phase === "wait") {
      await jobEnds(portal, person.visitor, ref, options);
    } else {
      await portal.decide(person.visitor, ref, {
        act: asked.act,
        seen: before.head,
        decision: asked.phase === "start" ? "start" : "perform",
        tick: asked.checklist.map((_, index) => String(index)),
        ...(asked.branches[0] ? { branch: asked.branches[0] } : {}),
        ...fill(asked.fields, errand, options.now(), {}),
      });
      options.say(`   ${asked.title} — ${asked.roleTitle} (${person.name})`);
    }
    view = await portal.view(pemohon, ref);
    if (view.next?.stepNo !== next.stepNo) announce(view, next.stepNo, person.name, options);
  }
  const full: RequestView = official ? await portal.view(official, ref) : view;
  return {
    sop: sop.slug,
    ref,
    code,
    status: full.status,
    steps: full.steps.map((step, index) => ({
      no: step.no,
      role: step.roles.join(", "),
      standardMinutes: step.standardMinutes,
      elapsedSeconds: step.elapsedSeconds ?? (index === 0 ? submitted : null),
      outcome: step.state,
    })),
    outcomes: full.jobs.flatMap((job) => job.outcomes),
  };
}

/** The view once it offers what the errand is about: the agent reports a new backup with its next call. */
async function viewOffering(
  portal: PortalClient,
  visitor: Visitor,
  ref: string,
  targets: readonly string[],
): Promise<RequestView> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const view = await portal.view(visitor, ref);
    const choices = view.next?.fields.find((field) => field.name === "sasaran");
    const offered = targets.every((alias) => !choices || optionFor(choices, alias));
    if (offered || performance.now() > deadline) return view;
    await wait(500);
  }
}

/** Options of one target come newest first: the first that names the alias is the one. */
function optionFor(field: Field, alias: string): string | undefined {
  return field.options.find((one) => one.value.split("@")[0] === alias)?.value;
}

async function jobEnds(
  portal: PortalClient,
  visitor: Visitor,
  ref: string,
  options: WalkOptions,
): Promise<void> {
  let told = "";
  for (;;) {
    const view = await portal.view(visitor, ref);
    const job = view.jobs.at(-1);
    if (job?.message && job.message !== told) {
      told = job.message;
      options.say(`      agen: ${told}`);
    }
    if (view.next?.phase !== "wait") return;
    await wait(100);
  }
}

function announce(
  view: RequestView,
  stepNo: number,
  actor: string,
  options: WalkOptions,
  measured: number | null = null,
): void {
  const step = view.steps.find((one) => one.no === stepNo);
  if (!step) return;
  const standard = step.standardText ?? "–";
  const seconds = step.elapsedSeconds ?? measured;
  const taken = seconds === null ? "–" : `${seconds.toFixed(1)} detik`;
  options.say(`  ${stepNo}. ${step.uraian}`);
  options.say(`     oleh ${actor}; waktu baku ${standard}; nyata ${taken}`);
}

/** Answers any form by the type of its fields. */
function fill(
  fields: readonly Field[],
  errand: Errand,
  now: Date,
  known: Readonly<Record<string, string>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    fields
      .filter((field) => field.type !== "file")
      .map((field) => [field.name, known[field.name] ?? answer(field, errand, now)]),
  );
}

function answer(field: Field, errand: Errand, now: Date): string | string[] {
  // The demo plans for now, whatever the hour.
  if (field.name === CLASH_FIELD.name) return "ya";
  switch (field.type) {
    case "choices":
      if (!field.required) return [];
      return errand.targets.map((alias) => {
        const option = optionFor(field, alias);
        if (!option) throw new Error(`${alias} is not offered in "${field.label}"`);
        return option;
      });
    case "select":
      return field.options[0]?.value ?? "";
    case "email":
      return "contoh@opd.contoh.go.id";
    case "number":
      return "30";
    case "datetime":
      return now.toISOString().slice(0, 16);
    default:
      return field.required ? `CONTOH ${field.label.toLowerCase()}` : "";
  }
}
