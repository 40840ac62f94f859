import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { jobs } from "#db/schema/jobs.ts";
import { documents } from "#db/schema/requests.ts";
import { nextAct, roleOf } from "#domain/sop/navigate.ts";
import type { SopAct } from "#domain/sop/schema.ts";
import type { Ctx, Deps } from "../deps.ts";
import { type MadeDocument, makeLetter } from "../documents/make-letter.ts";
import { titleInCapacity } from "../words.ts";
import type { OpenedRequest } from "./access.ts";
import { type Answer, answerOf, readContents } from "./content.ts";
import { evidenceOf, storedResult } from "./evidence.ts";
import { zoneOf } from "./load.ts";

/** The document an act leaves behind; null where the SOP asks for none. */
export async function letterOfAct(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
  input: { readonly act: SopAct; readonly answers: readonly Answer[]; readonly at: Date },
): Promise<MadeDocument | null> {
  const { act, answers, at } = input;
  if (act.dokumen === null) return null;
  const { running, row } = opened;
  const requester = await requesterAnswers(deps, opened);
  return makeLetter(deps, {
    request: row.id,
    running,
    kind: act.dokumen,
    at,
    from: signerOf(ctx, opened, act, requester),
    to: recipients(opened, act, requester),
    answers,
    evidence: act.dokumen === "laporan" ? await evidenceOfRequest(deps, opened) : [],
    attachments: await attachmentsOf(deps, row.id, act),
  });
}

export async function requesterAnswers(
  deps: Pick<Deps, "db">,
  { row, events }: Pick<OpenedRequest, "row" | "events">,
): Promise<readonly Answer[]> {
  const submitted = events[0]?.stored.event;
  const refs = submitted?.type === "submitted" ? [submitted.content] : [];
  return (await readContents(deps, row.id, refs)).get(row.submissionContent) ?? [];
}

function signerOf(
  ctx: Ctx,
  { running: { sop }, row }: OpenedRequest,
  act: SopAct,
  requester: readonly Answer[],
): string {
  const role = roleOf(sop, act.oleh);
  if (role.pemohon) {
    return [answerOf(requester, "nama"), answerOf(requester, "opd")].filter(Boolean).join(", ");
  }
  const held = ctx.viewer?.positions.find(
    ({ agency, jabatan }) => agency === row.agency && role.jabatan.includes(jabatan),
  );
  const title = titleInCapacity(held?.capacity ?? "definitif", held?.title ?? role.judul);
  return `${ctx.viewer?.name ?? ""}, ${title}`;
}

/** The roles the act names; else the pemohon for a notification, else whoever acts next. */
function recipients(
  { running: { sop } }: OpenedRequest,
  act: SopAct,
  requester: readonly Answer[],
): string[] {
  if (act.kepada.length > 0) return act.kepada.map((role) => roleOf(sop, role).judul);
  const next = nextAct(sop, act.id);
  if (act.dokumen === "surat-pemberitahuan" || (next && roleOf(sop, next.oleh).pemohon)) {
    return [answerOf(requester, "opd") ?? "Pemohon"];
  }
  return next ? [roleOf(sop, next.oleh).judul] : [];
}

/** Signed figures of the succeeded jobs of this round. */
async function evidenceOfRequest(deps: Deps, { state, row: { agency } }: OpenedRequest) {
  const ids = Object.values(state.jobs)
    .filter((job) => job.phase === "succeeded")
    .map((job) => job.job);
  if (ids.length === 0) return [];
  const rows = await deps.db.orm
    .select({ result: jobs.result, digest: jobs.resultDigest })
    .from(jobs)
    .where(and(inArray(jobs.id, ids), isNotNull(jobs.result)))
    .orderBy(sql`rowid`);
  return rows.flatMap((row) => {
    const result = storedResult(row.result);
    return result ? evidenceOf(result, row.digest ?? "", zoneOf(deps, agency)) : [];
  });
}

/** The newest document of each kind that the act attaches. */
async function attachmentsOf(deps: Deps, request: string, act: SopAct) {
  if (act.lampiran.length === 0) return [];
  const rows = await deps.db.orm
    .select({ kind: documents.kind, title: documents.title, sha256: documents.sha256 })
    .from(documents)
    .where(and(eq(documents.request, request), inArray(documents.kind, [...act.lampiran])))
    .orderBy(sql`rowid`);
  return act.lampiran.flatMap((kind) => rows.findLast((row) => row.kind === kind) ?? []);
}
