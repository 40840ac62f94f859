import { Webhook } from "standardwebhooks";
import type { Statement } from "#db/client.ts";
import { canonicalJson } from "#domain/trust/canonical.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { RequestRow } from "../requests/project.ts";
import { showReference } from "../requests/reference.ts";
import { noticeStatement } from "./outbox.ts";

const ANSWER_MS = 15_000;
/** The receiver says that it will never take messages again. */
const GONE = 410;

/** Tells programs of a change: ids and stage only, as anybody with the reference may see them. */
export function webhookStatements(
  deps: Pick<Deps, "db" | "newId" | "webhooks">,
  input: {
    readonly row: RequestRow;
    readonly events: readonly WorkflowEvent[];
    readonly at: Date;
  },
): Statement[] {
  const { row, at } = input;
  const last = input.events.at(-1);
  if (!deps.webhooks || !last) return [];
  const body = canonicalJson({
    type: `request.${last.type}`,
    timestamp: at.toISOString(),
    data: {
      reference: showReference(row.id),
      version: row.version,
      sop: row.slug,
      agency: row.agency,
      status: row.status,
      step: row.step,
      dueAt: row.dueAt,
      awaitsAnswer: row.awaitsAnswer,
    },
  });
  return deps.webhooks.urls.map((url) =>
    noticeStatement(deps, "webhook", url, {
      request: row.id,
      dedupe: `${row.id}:${row.version}:webhook:${url}`,
      subject: last.type,
      body,
      at,
      notBefore: at,
    }),
  );
}

export class WebhookFailure extends Error {
  readonly permanent: boolean;

  constructor(code: string, permanent: boolean) {
    super(code);
    this.name = "WebhookFailure";
    this.permanent = permanent;
  }
}

/** Signed by the rules of Standard Webhooks; the id stays the same at every attempt. */
export async function postWebhook(
  message: {
    readonly id: string;
    readonly url: string;
    readonly body: string;
    readonly secret: string;
  },
  at: Date,
  signal: AbortSignal,
): Promise<void> {
  const { id, url, body, secret } = message;
  const answer = await fetch(url, {
    method: "POST",
    // A redirect would carry the message to whom nobody named.
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": new Webhook(secret).sign(id, at, body),
    },
    body,
  }).catch((error: unknown) => {
    throw new WebhookFailure(error instanceof Error ? error.name : "unknown", false);
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new WebhookFailure(String(answer.status), answer.status === GONE);
}
