import { sql } from "drizzle-orm";
import type { CatalogSop } from "#catalog/load.ts";
import { requestEvents, serviceCells } from "#db/schema/requests.ts";
import { standardMinutes } from "#domain/calendar/due-at.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import { standardTimeOf } from "#domain/sop/navigate.ts";
import type { Cell } from "#domain/transparency/cells.ts";
import {
  nextPublicationAfter,
  publicationsUntil,
  publishedOn,
  quarterOf,
} from "#domain/transparency/periods.ts";
import { publish } from "#domain/transparency/publish.ts";
import { lastRestore } from "#domain/transparency/restore-age.ts";
import type { ServiceView, TransparencyView } from "#domain/transparency/view.ts";
import type { Deps } from "../deps.ts";
import { drillsOfAgencies } from "./drills.ts";

type SummaryDeps = Pick<Deps, "db" | "catalog" | "now" | "settings">;

/**
 * The public figures, kept for a day: months that are over never change. A sample site shows the
 * running quarter, so there every event counts. What the admin mends by a rebuild is seen the next
 * day, or when the server is started anew.
 */
export function createSummary(deps: SummaryDeps): () => Promise<TransparencyView> {
  let kept: { readonly state: string; readonly view: Promise<TransparencyView> } | null = null;
  return async () => {
    const state = `${todayOf(deps)} ${deps.settings.sample ? await newestEvent(deps) : ""}`;
    if (kept?.state === state) return kept.view;
    const made = { state, view: transparencySummary(deps) };
    kept = made;
    // A failed reading is not kept.
    made.view.catch(() => {
      if (kept === made) kept = null;
    });
    return made.view;
  };
}

async function newestEvent({ db }: Pick<Deps, "db">): Promise<number | null> {
  const [newest] = await db.orm
    .select({ event: sql<number | null>`max(rowid)` })
    .from(requestEvents);
  return newest?.event ?? null;
}

export async function transparencySummary(deps: SummaryDeps): Promise<TransparencyView> {
  const cells = Map.groupBy(await deps.db.orm.select().from(serviceCells), ({ slug }) => slug);
  const { sample } = deps.settings;
  const today = todayOf(deps);
  const { year, quarter } = quarterOf(today.slice(0, 7));
  const until = sample ? publishedOn(year, quarter) : today;
  return {
    asOf: today,
    nextOn: nextPublicationAfter(today),
    sample,
    drills: await drillsOfAgencies(deps, { today, until }),
    services: [...deps.catalog.sops.values()].flatMap((entry) =>
      serviceView(deps, entry, cells.get(entry.sop.slug) ?? [], { today, until }),
    ),
  };
}

/** In UTC, the last place to begin a day: nothing is published early anywhere in Indonesia. */
function todayOf({ now }: Pick<Deps, "now">): string {
  return localDate(now(), 0);
}

function serviceView(
  { catalog }: Pick<Deps, "catalog">,
  { sop, life }: CatalogSop,
  cells: readonly Cell[],
  { today, until }: { readonly today: string; readonly until: string },
): ServiceView[] {
  const agency = catalog.agencies.get(sop.instansi);
  if (!agency || life.status === "draf" || sop.jenisPermohonan.length === 0) return [];
  const steps = sop.langkah.map((step) => {
    const standard = standardTimeOf(step);
    return {
      no: step.no,
      uraian: step.uraian,
      standardText: step.waktu?.teks ?? null,
      standardMinutes: standard && standardMinutes(agency.calendar, standard),
    };
  });
  const [first] = cells.map(({ month }) => month).sort();
  const publications = first === undefined ? [] : publicationsUntil(first, until);
  const service = { versi: sop.versi, steps: sop.langkah.map(({ no }) => no) };
  const periods = publish(service, cells, publications);
  return [
    {
      sop: { slug: sop.slug, title: sop.judul, versi: sop.versi },
      agency: agency.nama,
      steps,
      periods,
      lastRestore: lastRestore(cells, publications, periods, today.slice(0, 7)),
    },
  ];
}
