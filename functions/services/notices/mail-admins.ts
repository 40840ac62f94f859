import { eq, isNull } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { user } from "#db/schema/auth.ts";
import { admins, inactivePeople } from "#db/schema/people.ts";
import type { Deps } from "../deps.ts";
import { noticeStatement } from "./outbox.ts";
import type { NoticeText } from "./texts.ts";

/** Its key, with the reader's name behind it, makes each mail one. */
export type AdminNotice = NoticeText & { readonly dedupe: string };

/** Mails to every admin whose account is open, for they look after agents: at once and at any hour. */
export async function mailAdmins(
  deps: Pick<Deps, "db" | "newId">,
  at: Date,
  notices: readonly AdminNotice[],
): Promise<Statement[]> {
  const readers = await deps.db.orm
    .select({ person: user.id, email: user.email })
    .from(admins)
    .innerJoin(user, eq(user.id, admins.person))
    .leftJoin(inactivePeople, eq(inactivePeople.person, admins.person))
    .where(isNull(inactivePeople.person));
  return notices.flatMap(({ dedupe, ...text }) =>
    readers.map(({ person, email }) =>
      noticeStatement(deps, "mail", email, {
        ...text,
        request: null,
        dedupe: `${dedupe}:${person}`,
        at,
        notBefore: at,
      }),
    ),
  );
}
