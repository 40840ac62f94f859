import { and, eq, gt } from "drizzle-orm";
import { requestContents, requests, sopVersions } from "#db/schema/requests.ts";
import { AppError, type FieldProblem, isAppError } from "#domain/errors.ts";
import { firstAct, nextAct, roleOf } from "#domain/sop/navigate.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import { type FormValues, readForm, submissionForm } from "#domain/workflow/form.ts";
import type { RequestState } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { checkAttachment } from "../documents/check-attachment.ts";
import {
  KIND_TITLES,
  type MadeDocument,
  makeDocument,
  makeLetter,
} from "../documents/make-letter.ts";
import { requesterOf } from "./access.ts";
import { append } from "./append.ts";
import { answersOf, sealContent } from "./content.ts";
import type { RunningSop } from "./project.ts";
import { newReference, showReference } from "./reference.ts";
import { trackingCode } from "./tracking.ts";

const REPEAT_WINDOW_MS = 24 * 60 * 60_000;
const LETTER_FIELD = "surat";

export interface SubmitInput {
  readonly slug: string;
  readonly values: FormValues;
  /** The uploaded letter, if any. */
  readonly letter: Uint8Array<ArrayBuffer> | null;
}

export interface SubmitAnswer {
  readonly ref: string;
  readonly code: string;
  /** False where the very same was sent within a day and still runs: nothing was changed. */
  readonly created: boolean;
}

/** Opens a request. INPUT_INVALID and INPUT_FILE_* name every field to mend. */
export async function submitRequest(deps: Deps, input: SubmitInput): Promise<SubmitAnswer> {
  const running = submittable(deps, input.slug);
  const { sop, digest } = running;
  const fields = submissionForm(sop);
  const { values, problems } = readForm(fields, input.values);
  const mime = await mimeOf(input.letter, problems);
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "submission form", { problems });
  const fingerprint = await sha256Hex(
    canonicalJson({
      slug: sop.slug,
      values,
      letter: input.letter && (await sha256Hex(input.letter)),
    }),
  );

  return exclusively(fingerprint, async () => {
    const at = deps.now();
    const earlier = await activeTwin(deps, fingerprint, at);
    if (earlier) return answerFor(deps, earlier, false);
    const request = newReference(deps.randomBytes(16));
    const act = firstAct(sop);
    const by = requesterOf(request);
    const answers = answersOf(fields, values);
    const content = await sealContent(deps, { request, answers, fingerprint });
    const document: MadeDocument =
      input.letter && mime
        ? await makeDocument(deps, {
            request,
            kind: "surat-permohonan",
            title: KIND_TITLES["surat-permohonan"],
            mime,
            bytes: input.letter,
            at,
          })
        : await makeLetter(deps, {
            request,
            running,
            kind: "surat-permohonan",
            at,
            from: `${values["nama"]}, ${values["opd"]}`,
            to: recipients(running),
            answers,
            evidence: [],
            attachments: [],
          });
    await deps.files.put(document.bytes);
    await append(deps, {
      stream: request,
      running,
      seen: [],
      at,
      events: [
        {
          type: "submitted",
          act: act.id,
          kind: values["jenis"] as RequestState["kind"],
          sop: { slug: sop.slug, digest },
          by,
          content: content.ref,
          documents: [document.ref],
        },
      ],
      also: [
        deps.db.orm
          .insert(sopVersions)
          .values({ digest, slug: sop.slug, json: running.bytes, storedAt: at.toISOString() })
          .onConflictDoNothing(),
        content.statement,
        document.statement,
      ],
    });
    deps.log("request_submitted", { request, sop: sop.slug });
    return answerFor(deps, request, true);
  });
}

function submittable(deps: Deps, slug: string): RunningSop {
  const entry = deps.catalog.sops.get(slug);
  const calendar = entry && deps.catalog.agencies.get(entry.sop.instansi)?.calendar;
  if (!entry || !calendar || entry.life.status === "draf") {
    throw new AppError("SOP_UNKNOWN", "no such SOP in force");
  }
  if (entry.life.status !== "berlaku") throw new AppError("SOP_WITHDRAWN", entry.life.status);
  const { sop, digest, bytes } = entry;
  return { sop, digest, bytes, calendar };
}

/** Adds the file's problem to the others, or throws it where it is the only one. */
async function mimeOf(letter: Uint8Array | null, problems: FieldProblem[]): Promise<string | null> {
  if (!letter) return null;
  try {
    return (await checkAttachment(LETTER_FIELD, letter)).mime;
  } catch (error) {
    if (!isAppError(error) || problems.length === 0) throw error;
    problems.push(...error.problems);
    return null;
  }
}

/** The letter goes to whoever acts next. */
function recipients({ sop }: RunningSop): string[] {
  const next = nextAct(sop, firstAct(sop).id);
  return next ? [roleOf(sop, next.oleh).judul] : [];
}

async function activeTwin(deps: Deps, fingerprint: string, at: Date): Promise<string | null> {
  const [row] = await deps.db.orm
    .select({ id: requests.id })
    .from(requestContents)
    .innerJoin(requests, eq(requests.id, requestContents.request))
    .where(
      and(
        eq(requestContents.fingerprint, fingerprint),
        eq(requests.status, "active"),
        gt(requests.submittedAt, new Date(at.getTime() - REPEAT_WINDOW_MS).toISOString()),
      ),
    );
  return row?.id ?? null;
}

function answerFor(deps: Deps, request: string, created: boolean): SubmitAnswer {
  return { ref: showReference(request), code: trackingCode(deps, request), created };
}

/** Two clicks at once: the second waits and then finds the first one's request. One process owns the file. */
const running = new Map<string, Promise<unknown>>();

async function exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = running.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  running.set(key, mine);
  try {
    return await mine;
  } finally {
    if (running.get(key) === mine) running.delete(key);
  }
}
