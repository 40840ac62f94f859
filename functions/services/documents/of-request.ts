/** What a letter tells of the request it is about: its earlier letters and what was done. */
import { and, eq, inArray, sql } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import { instantText } from "#domain/indonesian.ts";
import { type Letter, readLetter } from "#domain/letters/letter.ts";
import { positionOf } from "#domain/sop/navigate.ts";
import type { DocumentKind } from "#domain/sop/schema.ts";
import type { Actor } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { LoadedRequest } from "../requests/load.ts";
import { zoneOf } from "../requests/load.ts";
import { ACTION_LABELS, titleInCapacity } from "../words.ts";
import { LETTER_MIME, PDF_MIME } from "./make-letter.ts";

/** The letter that an act left behind when it was last performed; null where it left none. */
export async function letterOf(
  deps: Pick<Deps, "db" | "files">,
  { events, row }: Pick<LoadedRequest, "events" | "row">,
  act: string,
): Promise<Letter | null> {
  const performed = events
    .map(({ stored }) => stored.event)
    .findLast((event) => event.type === "act_performed" && event.act === act);
  const ids = performed?.type === "act_performed" ? performed.documents.map(({ id }) => id) : [];
  if (ids.length === 0) return null;
  const [found] = await deps.db.orm
    .select({ sha256: documents.sha256 })
    .from(documents)
    .where(
      and(
        eq(documents.request, row.id),
        inArray(documents.id, ids),
        eq(documents.mime, LETTER_MIME),
      ),
    );
  return found ? letterIn(deps, found.sha256) : null;
}

async function letterIn({ files }: Pick<Deps, "files">, sha256: string): Promise<Letter> {
  return readLetter(JSON.parse(new TextDecoder().decode(await files.get(sha256))));
}

/** Earlier disposisi of a request, oldest first. */
export async function chainOf(
  deps: Pick<Deps, "db" | "files">,
  { row }: Pick<LoadedRequest, "row">,
): Promise<Letter["chain"]> {
  const rows = await deps.db.orm
    .select({ sha256: documents.sha256 })
    .from(documents)
    .where(
      and(
        eq(documents.request, row.id),
        eq(documents.kind, "disposisi"),
        eq(documents.mime, LETTER_MIME),
      ),
    )
    .orderBy(sql`rowid`);
  const letters = await Promise.all(rows.map(({ sha256 }) => letterIn(deps, sha256)));
  return letters.map(({ signer, from, to, date, rows: answers }) => ({
    from: signer?.title ?? from,
    to,
    date,
    instruction: answers.find(({ name }) => name === "instruksi")?.value ?? "",
    by: signer?.name ?? from,
  }));
}

/** The newest document of each kind that is attached: its PDF, where it has one. */
export async function attachmentsOf(
  deps: Pick<Deps, "db">,
  request: string,
  kinds: readonly DocumentKind[],
) {
  if (kinds.length === 0) return [];
  const rows = await deps.db.orm
    .select()
    .from(documents)
    .where(and(eq(documents.request, request), inArray(documents.kind, [...kinds])))
    .orderBy(sql`rowid`);
  return kinds.flatMap((wanted) => {
    const own = rows.filter(({ kind }) => kind === wanted);
    const newest = own.findLast(({ mime }) => mime === PDF_MIME) ?? own.at(-1);
    if (!newest) return [];
    const { kind, title, sha256, number } = newest;
    return [{ kind, title, sha256, number }];
  });
}

/** What was done so far, when and by which position. */
export async function activitiesOf(
  deps: Pick<Deps, "catalog">,
  { events, running: { sop }, row }: LoadedRequest,
): Promise<Letter["activities"]> {
  const zone = zoneOf(deps, row.agency);
  const posts = deps.catalog.agencies.get(row.agency)?.jabatan ?? [];
  const titleOf = ({ jabatan, capacity }: Actor): string =>
    capacity === "pemohon"
      ? "Pemohon"
      : titleInCapacity(capacity, posts.find(({ id }) => id === jabatan)?.judul ?? jabatan);
  const previews = new Set(
    events.flatMap(({ stored: { event } }) => (event.type === "preview_started" ? event.job : [])),
  );
  return events.flatMap(({ stored: { at, event } }) => {
    const when = instantText(at, zone);
    switch (event.type) {
      case "submitted":
      case "act_performed": {
        const what = positionOf(sop, event.act).act.judul;
        return [{ at: when, what, by: titleOf(event.by) }];
      }
      case "job_started":
        return [
          { at: when, what: `${ACTION_LABELS[event.action]} dimulai`, by: titleOf(event.by) },
        ];
      case "follow_up_approved": {
        const what = `${ACTION_LABELS[event.action]} disetujui (di luar SOP)`;
        return [{ at: when, what, by: titleOf(event.by) }];
      }
      case "job_finished":
        // A preview changed nothing and proves nothing.
        return previews.has(event.job)
          ? []
          : [{ at: when, what: `Pekerjaan agen ${ENDS[event.outcome]}`, by: "Agen" }];
      default:
        return [];
    }
  });
}

const ENDS = {
  succeeded: "selesai",
  failed: "gagal",
  cancelled: "dibatalkan",
  refused: "ditolak agen",
} as const;
