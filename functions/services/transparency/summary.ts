import { sql } from "drizzle-orm";
import { requests, stepLog } from "#db/schema/requests.ts";
import { standardMinutes } from "#domain/calendar/due-at.ts";
import { standardTimeOf } from "#domain/sop/navigate.ts";
import type { TransparencyView } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";

/** Below this many a figure could point at one office or person. */
const CELL_MIN = 5;

/** The service against its promise: counts and times only (UU 14/2008 Pasal 17). */
export async function transparencySummary(deps: Deps): Promise<TransparencyView> {
  const { orm } = deps.db;
  const counts = await orm
    .select({
      slug: requests.slug,
      status: requests.status,
      kind: requests.kind,
      count: sql<number>`count(*)`,
    })
    .from(requests)
    .groupBy(requests.slug, requests.status, requests.kind);
  const closed = await orm
    .select({
      slug: requests.slug,
      step: stepLog.step,
      minutes: stepLog.workingMinutes,
      onTime: stepLog.onTime,
    })
    .from(stepLog)
    .innerJoin(requests, sql`${requests.id} = ${stepLog.request}`)
    .where(sql`${stepLog.outcome} = 'closed' AND ${stepLog.workingMinutes} IS NOT NULL`);

  const services = [...deps.catalog.sops.values()]
    .filter(({ sop, life }) => life.status !== "draf" && sop.jenisPermohonan.length > 0)
    .flatMap(({ sop }): TransparencyView["services"][number][] => {
      const agency = deps.catalog.agencies.get(sop.instansi);
      if (!agency) return [];
      const mine = counts.filter((row) => row.slug === sop.slug);
      const total = (pick: (row: (typeof counts)[number]) => boolean): number =>
        mine.filter(pick).reduce((sum, row) => sum + row.count, 0);
      const log = closed.filter((row) => row.slug === sop.slug);
      const judged = log.filter((row) => row.onTime !== null);
      return [
        {
          sop: { slug: sop.slug, title: sop.judul },
          agency: agency.nama,
          received: total(() => true),
          completed: total((row) => row.status === "completed"),
          refused: total((row) => row.status === "refused"),
          active: total((row) => row.status === "active"),
          backups: total((row) => row.kind === "backup"),
          restores: total((row) => row.kind === "restore"),
          onTimeShare:
            judged.length < CELL_MIN
              ? null
              : judged.filter((row) => row.onTime).length / judged.length,
          steps: sop.langkah.map((step) => {
            const standard = standardTimeOf(step);
            const minutes = log
              .filter((row) => row.step === step.no)
              .flatMap((row) => row.minutes ?? []);
            return {
              no: step.no,
              uraian: step.uraian,
              standardText: step.waktu?.teks ?? null,
              standardMinutes: standard && standardMinutes(agency.calendar, standard),
              closed: minutes.length,
              medianMinutes: minutes.length < CELL_MIN ? null : median(minutes),
            };
          }),
        },
      ];
    });
  return { generatedAt: deps.now().toISOString(), services };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
