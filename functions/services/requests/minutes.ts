import { sql } from "drizzle-orm";
import { brokenPromise, guard } from "#db/guard.ts";
import { AppError } from "#domain/errors.ts";
import {
  type Field,
  type FormValues,
  field,
  PASSPHRASE_FIELD,
  readForm,
} from "#domain/workflow/form.ts";
import type { Actor } from "#domain/workflow/types.ts";
import type { Ctx, Deps } from "../deps.ts";
import { composeLetter } from "../documents/compose-letter.ts";
import { issueLetter } from "../documents/issue-letter.ts";
import { identityOf } from "../documents/letter-signer.ts";
import { attachmentsOf } from "../documents/of-request.ts";
import { type OpenedRequest, openRequest } from "./access.ts";
import { printedSigner, requesterAnswers } from "./act-letter.ts";
import { answerOf, answersOf } from "./content.ts";
import { proofOf } from "./evidence.ts";
import { MINUTES_KIND } from "./minutes-kind.ts";

const NOTE = field({ name: "catatan", label: "Catatan", type: "textarea", required: false });

/** What the berita acara asks for; null where the one who looks may not make it now. */
export async function minutesForm(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
): Promise<readonly Field[] | null> {
  if (opened.row.status !== "completed" || !takerOf(ctx, opened)) return null;
  if (await exists(deps, opened.row.id)) return null;
  return deps.signer?.passphrase ? [NOTE, PASSPHRASE_FIELD] : [NOTE];
}

/**
 * A berita acara of a completed request, made once by an official who took part. It stands in no
 * source SOP, so it is no act: the request and its events stay as they are.
 */
export async function makeMinutes(
  deps: Deps,
  ctx: Ctx,
  input: { readonly ref: string; readonly values: FormValues },
): Promise<{ readonly ref: string }> {
  const opened = await openRequest(deps, ctx, input.ref);
  const { row } = opened;
  const by = takerOf(ctx, opened);
  if (!by) throw new AppError("WORKFLOW_WRONG_PERSON", "took no part in the request");
  if (row.status !== "completed" || (await exists(deps, row.id))) throw unfit();
  const fields = [NOTE];
  const { values, problems } = readForm(fields, input.values);
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "minutes", { problems });
  const at = deps.now();
  const identity = await identityOf(deps, ctx, row.agency, by);
  const requester = await requesterAnswers(deps, opened);
  const letter = composeLetter(deps, {
    request: row.id,
    running: opened.running,
    kind: MINUTES_KIND,
    at,
    from: `${identity.name}, ${identity.title}`,
    to: [answerOf(requester, "opd") ?? "Pemohon"],
    answers: answersOf(fields, values),
    ...(await proofOf(deps, opened)),
    attachments: await attachmentsOf(deps, row.id, ["laporan"]),
    signer: printedSigner(identity),
    submission: { answers: requester, at: new Date(row.submittedAt) },
  });
  const passphrase = [input.values[PASSPHRASE_FIELD.name] ?? ""].flat()[0] || null;
  const stillWanted = async () => {
    if (await exists(deps, row.id)) throw unfit();
  };
  const issue = { request: row.id, letter, identity, passphrase, at, stillWanted };
  await issueLetter(deps, issue, async ({ statements }) => {
    const none = guard(
      sql`NOT EXISTS (SELECT 1 FROM documents WHERE request = ${row.id} AND kind = ${MINUTES_KIND})`,
    );
    try {
      await deps.db.write([none, ...statements]);
    } catch (error) {
      throw brokenPromise(error) === "guard" ? unfit() : error;
    }
  });
  deps.log("minutes_made", { request: row.id });
  deps.progress.changed(row.id);
  return { ref: input.ref };
}

/** As whom the one who looks took part, if they still hold that position. */
function takerOf({ viewer }: Ctx, { official, events, row }: OpenedRequest): Actor | null {
  if (!official || !viewer) return null;
  const mine = events
    .flatMap(({ stored: { event } }) => ("by" in event ? [event.by] : []))
    .filter(({ person }) => person === viewer.person);
  const held = viewer.positions.find(
    ({ agency, jabatan }) => agency === row.agency && mine.some((by) => by.jabatan === jabatan),
  );
  return held ? { person: viewer.person, jabatan: held.jabatan, capacity: held.capacity } : null;
}

async function exists({ db }: Pick<Deps, "db">, request: string): Promise<boolean> {
  const found = await db.orm.query.documents.findFirst({
    where: (table, { and, eq }) => and(eq(table.request, request), eq(table.kind, MINUTES_KIND)),
  });
  return found !== undefined;
}

function unfit(): AppError {
  return new AppError("WORKFLOW_MINUTES", "not completed, or made already");
}
