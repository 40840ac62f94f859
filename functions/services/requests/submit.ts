import { and, eq, gt } from "drizzle-orm";
import { requestContents, requests, sopVersions } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import { firstAct } from "#domain/sop/navigate.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import { readSubmission } from "#domain/workflow/submission-form.ts";
import type { RequestState } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../exclusively.ts";
import { problemsBeyondForm } from "../submissions/beyond-form.ts";
import { requesterOf } from "./access.ts";
import { append } from "./append.ts";
import { answersOf, sealContent } from "./content.ts";
import { newReference, showReference } from "./reference.ts";
import { checkUpload, requestLetter } from "./request-letter.ts";
import { submittable } from "./submittable.ts";
import { trackingCode } from "./tracking.ts";

const REPEAT_WINDOW_MS = 24 * 60 * 60_000;

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
  const { fields, values, problems } = readSubmission(sop, input.values);
  problems.push(...(await problemsBeyondForm(deps, sop, values)));
  const upload = await checkUpload(input.letter, problems);
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "submission form", { problems });
  const fingerprint = await sha256Hex(
    canonicalJson({
      slug: sop.slug,
      values,
      letter: input.letter && (await sha256Hex(input.letter)),
    }),
  );

  // Two clicks at once: the second waits and then finds the first one's request.
  return exclusively(fingerprint, async () => {
    const at = deps.now();
    const earlier = await activeTwin(deps, fingerprint, at);
    if (earlier) return answerFor(deps, earlier, false);
    const request = newReference(deps.randomBytes(16));
    const act = firstAct(sop);
    const by = requesterOf(request);
    const answers = answersOf(fields, values);
    const content = await sealContent(deps, { request, answers, fingerprint });
    const { document, statements } = await requestLetter(deps, {
      request,
      running,
      answers,
      upload,
      at,
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
        ...statements,
      ],
    });
    deps.log("request_submitted", { request, sop: sop.slug });
    deps.progress.changed(request);
    return answerFor(deps, request, true);
  });
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
