/** Officials who act through the services themselves, for tests of what follows from an act. */
import { randomUUID } from "node:crypto";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import type { Viewer } from "#functions/services/services.ts";
import type { TestPortal } from "#support/server.ts";
import { decisionFor, type Submitted } from "./office.ts";

export interface Clerk {
  readonly email: string;
  readonly viewer: Viewer;
}

export async function appoint(
  portal: TestPortal,
  agency: string,
  jabatan: string,
  capacity: "definitif" | "plt" | "plh" = "definitif",
): Promise<Clerk> {
  const email = `${jabatan}.${randomUUID()}@${agency}.contoh.go.id`;
  const name = `CONTOH ${jabatan}`;
  const { person } = await createUser(portal.deps, { email, name, password: null });
  const since = { since: "2026-01-01", until: null, decree: "CONTOH" };
  await assignPosition(portal.deps, { email, agency, jabatan, capacity, ...since });
  const positions = [{ agency, jabatan, title: jabatan, capacity }];
  return { email, viewer: { person, name, positions, admin: false, secondFactor: true } };
}

type Values = Readonly<Record<string, string | string[]>>;

/** The next act, filled in; or another decision with its own answers. */
export async function decideAs(
  portal: TestPortal,
  ref: string,
  by: Clerk | { readonly code: string },
  decision: "perform" | "ask" | "answer" | "return" | "refuse" | "cancel" = "perform",
  given: Values & { readonly to?: string } = {},
): Promise<void> {
  const ctx = {
    viewer: "viewer" in by ? by.viewer : null,
    code: "code" in by ? by.code : null,
    requestId: "test",
  };
  const view = await portal.services.requests.view(ctx, ref);
  const { act, seen, tick, decision: _, ...values } = decisionFor(view, []);
  await portal.services.requests.decide(ctx, {
    ref,
    act,
    seen: String(seen),
    decision,
    ticks: (tick as string[]).map(Number),
    branch: null,
    to: given.to ?? null,
    job: null,
    digest: null,
    values: { ...(decision === "perform" ? (values as Values) : {}), ...given },
  });
}

export const ask = (portal: TestPortal, request: Submitted, by: Clerk): Promise<void> =>
  decideAs(portal, request.ref, by, "ask", { pertanyaan: "CONTOH pertanyaan" });

export const reply = (portal: TestPortal, { ref, code }: Submitted): Promise<void> =>
  decideAs(portal, ref, { code }, "answer", { jawaban: "CONTOH jawaban" });
