import { eq, sql } from "drizzle-orm";
import { documents, requestContents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import type { Ctx, Deps } from "../deps.ts";
import { openRequest } from "./access.ts";
import { showReference } from "./reference.ts";
import { timelineOf } from "./timeline.ts";

/**
 * The whole record of a request for an auditor: each event as its stored bytes with the hash that
 * names them, the words behind the commitments, and what it says in sentences. PermenPANRB 35/2012
 * asks that every actor record what they did. For officials of the agency only.
 */
export async function recordOf(deps: Deps, ctx: Ctx, ref: string) {
  if (!ctx.viewer) throw new AppError("AUTH_REQUIRED", "the record is for officials");
  const opened = await openRequest(deps, { ...ctx, code: null }, ref);
  const { row, running, events } = opened;
  const { orm } = deps.db;
  const [timeline, contents, files] = await Promise.all([
    timelineOf(deps, opened),
    orm.select().from(requestContents).where(eq(requestContents.request, row.id)),
    orm.select().from(documents).where(eq(documents.request, row.id)).orderBy(sql`rowid`),
  ]);
  return {
    ref: showReference(row.id),
    stream: row.id,
    status: row.status,
    sop: { slug: row.slug, title: running.sop.judul, digest: row.sopDigest },
    agency: row.agency,
    head: row.head,
    /** How to check it without this portal. */
    hashing: {
      event: "hash = SHA-256(bytes); bytes.prev = hash of the event before",
      content: 'commitment = SHA-256(salt + "\\n" + json)',
    },
    events: events.map(({ bytes, hash, stored }) => {
      // The timeline has more lines than there are events; of one version the event comes first.
      const line = timeline.find(({ version }) => version === stored.version);
      return {
        version: stored.version,
        at: stored.at,
        hash,
        bytes,
        text: line?.text ?? "",
        actor: line?.actorName ?? null,
        position: line?.actorJabatan ?? null,
        outsideSop: line?.outsideSop ?? false,
      };
    }),
    contents: contents.map(({ id, salt, json }) => ({ id, salt, json })),
    documents: files.map(({ id, kind, title, mime, bytes, sha256, createdAt }) => {
      return { id, kind, title, mime, bytes, sha256, createdAt };
    }),
  };
}
