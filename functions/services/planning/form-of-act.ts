import { eq } from "drizzle-orm";
import { maintenanceWindows } from "#catalog/maintenance-schema.ts";
import { requestContents } from "#db/schema/requests.ts";
import { instantText, listText } from "#domain/indonesian.ts";
import { sumOfMinutes } from "#domain/planning/estimate.ts";
import { freeSlots } from "#domain/planning/free-slots.ts";
import { estimateText } from "#domain/planning/texts.ts";
import type { SopAct } from "#domain/sop/schema.ts";
import { actionOf } from "#domain/workflow/agent-work.ts";
import type { Field } from "#domain/workflow/form.ts";
import { assetsByCode } from "../assets/by-code.ts";
import type { Deps } from "../deps.ts";
import type { OfferedTarget } from "../jobs/offered-targets.ts";
import { reportedTargets } from "../jobs/reported-targets.ts";
import { readAnswers } from "../requests/content.ts";
import { type LoadedRequest, zoneOf } from "../requests/load.ts";
import { estimateFor } from "./estimates.ts";
import { standingWork } from "./standing-work.ts";

/** Where nothing is measured a slot is sought for this long. */
const MINUTES_UNKNOWN = 60;

/**
 * The form of an act with what a planner needs beside it: an estimate at each target, the targets of
 * the assets that were asked for chosen already, and free times. Forms without a choice of targets
 * or a time stay as they are.
 */
export async function withPlanning(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  loaded: LoadedRequest,
  act: SopAct,
  form: { readonly fields: readonly Field[]; readonly targets: readonly OfferedTarget[] },
): Promise<{ readonly fields: readonly Field[] }> {
  const { row, state, running } = loaded;
  const chooses = form.fields.some(({ name }) => name === "sasaran");
  const plans = form.fields.some(({ name }) => name === "jadwal");
  if (!chooses && !plans) return form;
  const action = actionOf(act, state.kind) ?? state.kind;
  const reported = await reportedTargets(deps, row.agency);
  const estimates = new Map(
    await Promise.all(
      [...reported.values()].map(
        async (target) => [target.alias, await estimateFor(deps, { target, action })] as const,
      ),
    ),
  );
  const asked = new Set(await askedAliases(deps, loaded));
  // Of several backups of a target the newest one is the first.
  const preselected = [...asked].flatMap(
    (alias) =>
      form.targets.find(
        ({ choice, refused, safety }) => choice.alias === alias && !refused && !safety,
      ) ?? [],
  );
  const planned = (chooses ? preselected.map(({ choice }) => choice) : state.choices).map(
    ({ alias }) => alias,
  );
  const minutes = sumOfMinutes(planned.flatMap((alias) => estimates.get(alias) ?? []));
  const aliasOf = (value: string) =>
    form.targets.find((one) => one.value === value)?.choice.alias ?? "";
  const fields = await Promise.all(
    form.fields.map(async (field): Promise<Field> => {
      switch (field.name) {
        case "sasaran":
          return {
            ...field,
            initial: preselected.map(({ value }) => value),
            options: field.options.map((option) => {
              const alias = aliasOf(option.value);
              const estimate = estimates.get(alias);
              const notes = [
                asked.has(alias) && "Aset yang diminta pemohon.",
                option.note,
                estimate && estimateText(estimate),
              ].filter(Boolean);
              return { ...option, ...(notes.length > 0 ? { note: notes.join(" ") } : {}) };
            }),
          };
        case "lama":
          return minutes === null ? field : { ...field, initial: String(minutes) };
        case "jadwal": {
          const [first] = planned.length > 0 ? planned : reported.keys();
          const agent = first === undefined ? undefined : reported.get(first)?.agent;
          if (agent === undefined) return field;
          const slots = freeSlots({
            minutes: minutes ?? MINUTES_UNKNOWN,
            agent,
            after: deps.now(),
            calendar: running.calendar,
            windows: maintenanceWindows(deps.catalog.agencies.get(row.agency)?.jendelaPemeliharaan),
            standing: await standingWork(deps, {
              agency: row.agency,
              agents: [agent],
              besides: row.id,
            }),
          });
          const zone = zoneOf(deps, row.agency);
          const times = slots.map((slot) => instantText(slot.toISOString(), zone));
          return times.length === 0
            ? { ...field, hint: "Tidak ada waktu kosong yang cukup panjang dalam 60 hari." }
            : { ...field, hint: `Waktu kosong berikutnya: ${listText(times)}.` };
        }
        default:
          return field;
      }
    }),
  );
  return { fields };
}

/** Targets of the assets whose codes stand in the pemohon's answers. */
async function askedAliases(deps: Pick<Deps, "db">, { row }: LoadedRequest): Promise<string[]> {
  const [content] = await deps.db.orm
    .select({ json: requestContents.json })
    .from(requestContents)
    .where(eq(requestContents.id, row.submissionContent));
  const answers = content ? readAnswers(content.json) : [];
  const codes = answers.flatMap(({ value }) => value.match(/\bAST-[A-Z0-9]{5}\b/gi) ?? []);
  const { found } = await assetsByCode(deps, { agency: row.agency, codes });
  return found.flatMap(({ alias }) => alias ?? []);
}
