/** People and forms for the tests of the routes: who they are and what they fill is read from the SOP. */
import { expect } from "vitest";
import { roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { CLASH_FIELD, type Field, submissionForm } from "#domain/workflow/form.ts";
import type { NextView, RequestView } from "#domain/workflow/view.ts";
import type { Official, TestPortal } from "#support/server.ts";

export const KALTIM = "kaltim-backup-restore-database";
export const KUKAR = "kukar-restore-vps-vm";

export function sopOf(portal: TestPortal, slug: string): Sop {
  const entry = portal.deps.catalog.sops.get(slug);
  if (!entry) throw new Error(`no SOP ${slug}`);
  return entry.sop;
}

/** A complete submission, with any answers replaced. */
export function answers(
  portal: TestPortal,
  slug: string,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const filled = submissionForm(sopOf(portal, slug))
    .filter((field) => field.type !== "file")
    .map((field) => [field.name, String(answer(field, []))]);
  return { sop: slug, ...Object.fromEntries(filled), ...given };
}

export interface Submitted {
  readonly ref: string;
  readonly code: string;
}

export async function submit(
  portal: TestPortal,
  slug: string,
  given: Readonly<Record<string, string>> = {},
): Promise<Submitted> {
  const answer = await postJson(portal, "/api/requests", answers(portal, slug, given));
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: Submitted }).data;
}

export function postJson(
  portal: TestPortal,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return portal.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

export type Visitor = { readonly code: string } | { readonly cookie: string };

export async function look(
  portal: TestPortal,
  ref: string,
  visitor: Visitor,
): Promise<RequestView> {
  const answer = await portal.fetch(
    `/api/requests/${ref}${"code" in visitor ? `?kode=${visitor.code}` : ""}`,
    { headers: "cookie" in visitor ? { cookie: visitor.cookie } : {} },
  );
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: RequestView }).data;
}

export function decide(
  portal: TestPortal,
  ref: string,
  visitor: Visitor,
  decision: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const body = "code" in visitor ? { kode: visitor.code, ...decision } : decision;
  return postJson(
    portal,
    `/api/requests/${ref}/decisions`,
    body,
    "cookie" in visitor ? { cookie: visitor.cookie } : {},
  );
}

/** What closes (or starts) the act that waits, filled from its own description. */
export function decisionFor(
  view: RequestView,
  targets: readonly string[],
): Record<string, unknown> & { act: string } {
  const next = view.next as NextView;
  return {
    act: next.act,
    seen: view.head,
    decision: next.phase === "start" ? "start" : "perform",
    tick: next.checklist.map((_, index) => String(index)),
    ...Object.fromEntries(next.fields.map((field) => [field.name, answer(field, targets)])),
  };
}

function answer(field: Field, targets: readonly string[]): string | string[] {
  // Many requests of a test are planned for one hour; their clashes are tested by themselves.
  if (field.name === CLASH_FIELD.name) return "ya";
  switch (field.type) {
    case "choices":
      return targets.flatMap(
        (alias) => field.options.find((one) => one.value.split("@")[0] === alias)?.value ?? [],
      );
    case "select":
      return field.options[0]?.value ?? "";
    case "email":
      return "contoh@opd.contoh.go.id";
    case "datetime":
      return "2026-11-24T09:00";
    case "number":
      return "60";
    default:
      return field.required ? `CONTOH ${field.label.toLowerCase()}` : "";
  }
}

/** One person for every position of an agency, hired when first needed. */
export class Office {
  readonly portal: TestPortal;
  readonly #hired = new Map<string, Promise<Official>>();

  constructor(portal: TestPortal) {
    this.portal = portal;
  }

  async of(sop: Sop, role: string): Promise<Official> {
    const jabatan = roleOf(sop, role).jabatan[0];
    if (jabatan === undefined) throw new Error(`${role} has no position`);
    const key = `${sop.instansi}/${jabatan}`;
    const official = this.#hired.get(key) ?? this.portal.official(sop.instansi, jabatan);
    this.#hired.set(key, official);
    return official;
  }
}

/** Walks a request until it ends or `until` says so; returns what the pemohon sees then. */
export async function walk(
  office: Office,
  slug: string,
  submitted: Submitted,
  options: {
    readonly targets: readonly string[];
    readonly agent: { work(): Promise<unknown> };
    readonly until?: (view: RequestView) => boolean;
  },
): Promise<RequestView> {
  const { portal } = office;
  const sop = sopOf(portal, slug);
  const pemohon = { code: submitted.code };
  for (;;) {
    const outside = await look(portal, submitted.ref, pemohon);
    if (!outside.next || options.until?.(outside)) return outside;
    portal.clock.advance(60_000);
    if (outside.next.phase === "wait") {
      await options.agent.work();
      continue;
    }
    const visitor = outside.next.byRequester ? pemohon : await office.of(sop, outside.next.role);
    const view = await look(portal, submitted.ref, visitor);
    const answered = await decide(
      portal,
      submitted.ref,
      visitor,
      decisionFor(view, options.targets),
    );
    if (!answered.ok) throw new Error(`${answered.status} ${await answered.text()}`);
  }
}

export async function eventCount(portal: TestPortal, ref: string): Promise<number> {
  const id = ref.replaceAll("-", "");
  const rows = await portal.deps.db.orm.query.requestEvents.findMany({
    where: (table, { eq }) => eq(table.stream, id),
  });
  return rows.length;
}

export async function galatOf(answer: Response): Promise<{
  status: number;
  code: string;
  pesan: string;
  perbaikan: { field: string; pesan: string }[];
}> {
  const { galat } = (await answer.json()) as {
    galat: { code: string; pesan: string; perbaikan: { field: string; pesan: string }[] };
  };
  return { status: answer.status, ...galat };
}

/** The refusal of a decision, which must be a sentence and must write nothing. */
export async function refusedDecision(
  portal: TestPortal,
  ref: string,
  visitor: Visitor,
  decision: Record<string, unknown>,
) {
  const before = await eventCount(portal, ref);
  const galat = await galatOf(await decide(portal, ref, visitor, decision));
  expect(await eventCount(portal, ref)).toBe(before);
  expect(galat.pesan).toMatch(/\.$/);
  return galat;
}
