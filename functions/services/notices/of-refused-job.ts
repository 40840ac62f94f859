import type { Statement } from "#db/client.ts";
import type { Deps } from "../deps.ts";
import { showReference } from "../requests/reference.ts";
import { openAdmins } from "./open-admins.ts";
import { noticeStatement } from "./outbox.ts";
import { refusedJobText } from "./texts.ts";

/** Mails to the admins, at once: an order that nobody approved so was about to be carried out. */
export async function refusedJobStatements(
  deps: Pick<Deps, "db" | "now" | "newId" | "origin" | "mail">,
  job: { readonly id: string; readonly request: string },
): Promise<Statement[]> {
  if (!deps.mail) return [];
  const at = deps.now();
  const readers = await openAdmins(deps);
  return readers.map(({ person, email }) =>
    noticeStatement(deps, "mail", email, {
      ...refusedJobText({ ref: showReference(job.request), origin: deps.origin }),
      request: null,
      dedupe: `refused:${job.id}:${person}`,
      at,
      notBefore: at,
    }),
  );
}
