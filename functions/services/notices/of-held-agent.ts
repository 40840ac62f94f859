import type { Statement } from "#db/client.ts";
import type { Deps } from "../deps.ts";
import { mailAdmins } from "./mail-admins.ts";
import { heldAgentText } from "./texts.ts";

/** Mails to the admins, at once and at any hour: nothing is backed up for the portal meanwhile. */
export async function heldAgentStatements(
  deps: Pick<Deps, "db" | "now" | "newId" | "origin" | "mail">,
  { id, hostname }: { readonly id: string; readonly hostname: string },
): Promise<Statement[]> {
  if (!deps.mail) return [];
  const at = deps.now();
  const text = heldAgentText({ hostname, origin: deps.origin });
  return mailAdmins(deps, at, [{ ...text, dedupe: `held:${id}:${at.toISOString()}` }]);
}
