import type { Statement } from "#db/client.ts";
import type { Deps } from "../deps.ts";
import { openAdmins } from "./open-admins.ts";
import { noticeStatement } from "./outbox.ts";
import { heldAgentText } from "./texts.ts";

/** Mails to the admins, at once and at any hour: nothing is backed up for the portal meanwhile. */
export async function heldAgentStatements(
  deps: Pick<Deps, "db" | "now" | "newId" | "origin" | "mail">,
  { id, hostname }: { readonly id: string; readonly hostname: string },
): Promise<Statement[]> {
  if (!deps.mail) return [];
  const at = deps.now();
  const readers = await openAdmins(deps);
  return readers.map(({ person, email }) =>
    noticeStatement(deps, "mail", email, {
      ...heldAgentText({ hostname, origin: deps.origin }),
      request: null,
      dedupe: `held:${id}:${at.toISOString()}:${person}`,
      at,
      notBefore: at,
    }),
  );
}
