import { and, eq } from "drizzle-orm";
import { serviceCells } from "#db/schema/requests.ts";
import { standardMinutes } from "#domain/calendar/due-at.ts";
import { standardTimeOf } from "#domain/sop/navigate.ts";
import { estimateOf, estimateText, type RemainingStep } from "#domain/workflow/estimate.ts";
import type { StepView } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import type { EstimateView } from "../tracked.ts";
import type { LoadedRequest } from "./load.ts";

/**
 * When a request is usually done, from what its steps took in other requests of the same kind under
 * the same version. Null while nobody can say: the pemohon was asked, or a step has no figure at all.
 */
export async function estimateFor(
  deps: Pick<Deps, "db" | "now">,
  { row, running: { sop, calendar } }: LoadedRequest,
  steps: readonly StepView[],
): Promise<EstimateView | null> {
  if (row.status !== "active" || row.awaitsAnswer || row.step === null) return null;
  const measured = await measuredMinutes(deps, {
    slug: row.slug,
    versi: sop.versi,
    kind: row.kind,
  });
  const at = sop.langkah.findIndex(({ no }) => no === row.step);
  const remaining = sop.langkah
    .slice(at)
    .filter(({ tindakan }) => tindakan.length > 0)
    .map((step): RemainingStep => {
      const standard = standardTimeOf(step);
      return {
        no: step.no,
        measured: measured.get(step.no) ?? new Map(),
        standardMinutes: standard && standardMinutes(calendar, standard),
        spent:
          step.no === row.step ? (steps.find(({ no }) => no === step.no)?.workingMinutes ?? 0) : 0,
      };
    });
  const estimate = estimateOf(calendar, deps.now(), remaining);
  return (
    estimate && {
      text: estimateText(estimate, calendar.minutesPerDay),
      from: estimate.from.toISOString(),
      to: estimate.to.toISOString(),
      basis: estimate.basis,
    }
  );
}

async function measuredMinutes(
  deps: Pick<Deps, "db">,
  of: { readonly slug: string; readonly versi: number; readonly kind: "backup" | "restore" },
): Promise<ReadonlyMap<number, ReadonlyMap<number, number>>> {
  const { slug, versi, kind, measure } = serviceCells;
  const rows = await deps.db.orm
    .select({ step: serviceCells.step, bucket: serviceCells.bucket, count: serviceCells.count })
    .from(serviceCells)
    .where(
      and(eq(slug, of.slug), eq(versi, of.versi), eq(kind, of.kind), eq(measure, "step-minutes")),
    );
  const steps = new Map<number, Map<number, number>>();
  for (const { step, bucket, count } of rows) {
    const histogram = steps.get(step) ?? new Map<number, number>();
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + count);
    steps.set(step, histogram);
  }
  return steps;
}
