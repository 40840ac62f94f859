import type { Statement } from "#db/client.ts";
import type { Deps } from "../deps.ts";
import { showReference } from "../requests/reference.ts";
import { mailAdmins } from "./mail-admins.ts";
import { refusedJobText } from "./texts.ts";

/** Mails to the admins, at once: an order that nobody approved so was about to be carried out. */
export async function refusedJobStatements(
  deps: Pick<Deps, "db" | "now" | "newId" | "origin" | "mail">,
  job: { readonly id: string; readonly request: string },
): Promise<Statement[]> {
  if (!deps.mail) return [];
  const text = refusedJobText({ ref: showReference(job.request), origin: deps.origin });
  return mailAdmins(deps, deps.now(), [{ ...text, dedupe: `refused:${job.id}` }]);
}
