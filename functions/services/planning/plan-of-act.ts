import { and, eq, inArray } from "drizzle-orm";
import { maintenanceWindows } from "#catalog/maintenance-schema.ts";
import type { Statement } from "#db/client.ts";
import { backups } from "#db/schema/agents.ts";
import { plans } from "#db/schema/assets.ts";
import { MS_PER_MINUTE } from "#domain/calendar/local-time.ts";
import { AppError } from "#domain/errors.ts";
import { clashesOf } from "#domain/planning/clashes.ts";
import { sumOfMinutes } from "#domain/planning/estimate.ts";
import { clashText } from "#domain/planning/texts.ts";
import type { VaultNeed } from "#domain/planning/types.ts";
import { positionOf, positions } from "#domain/sop/navigate.ts";
import { actionOf } from "#domain/workflow/agent-work.ts";
import { CLASH_FIELD, type FormValues } from "#domain/workflow/form.ts";
import type { Choice, WorkflowEvent } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { ORDER_VALID_MS } from "../jobs/make-spec.ts";
import { type ReportedTarget, reportedTargets } from "../jobs/reported-targets.ts";
import type { LoadedRequest } from "../requests/load.ts";
import { zoneOf } from "../requests/load.ts";
import { estimateFor } from "./estimates.ts";
import { standingWork } from "./standing-work.ts";

/** Taken where nobody measured and nobody said; the form says so. */
const MINUTES_UNKNOWN = 60;

/**
 * The row of the plan, written in one batch with the act that plans it; taken away by whatever undoes
 * the act or ends the request without it. PLAN_CLASH where warnings were not read.
 */
export async function planStatements(
  deps: Deps,
  loaded: LoadedRequest,
  input: {
    readonly events: readonly WorkflowEvent[];
    readonly values: FormValues;
    readonly at: Date;
  },
): Promise<Statement[]> {
  const { sop } = loaded.running;
  const away = deps.db.orm.delete(plans).where(eq(plans.request, loaded.row.id));
  for (const event of input.events) {
    if (event.type === "refused" || event.type === "cancelled") return [away];
    if (event.type === "returned") {
      const order = positions(sop).map(({ act }) => act);
      const undone = order.slice(order.findIndex(({ id }) => id === event.to));
      return undone.some(({ jenis }) => jenis === "perencanaan") ? [away] : [];
    }
    if (event.type !== "act_performed") continue;
    if (positionOf(sop, event.act).act.jenis !== "perencanaan") continue;
    const chosen = input.events.find((other) => other.type === "choice_made");
    const choices = chosen?.type === "choice_made" ? chosen.choices : loaded.state.choices;
    const row = await planRow(deps, loaded, { ...input, act: event.act, choices });
    return row === null ? [away] : [away, deps.db.orm.insert(plans).values(row)];
  }
  return [];
}

async function planRow(
  deps: Deps,
  { row, running, state }: LoadedRequest,
  input: {
    readonly act: string;
    readonly choices: readonly Choice[];
    readonly values: FormValues;
    readonly at: Date;
  },
): Promise<typeof plans.$inferInsert | null> {
  const { at, choices } = input;
  const { act } = positionOf(running.sop, input.act);
  const reported = await reportedTargets(deps, row.agency);
  const targets = choices.flatMap(({ alias }) => reported.get(alias) ?? []);
  const [first] = targets;
  const from = localMoment(text(input.values, "jadwal"), running.calendar.offsetMinutes);
  // A plan without a target or a time is words only; nothing can clash with it.
  if (!first || !from) return null;
  const action = actionOf(act, state.kind) ?? state.kind;
  const sizes = await backupSizes(deps, choices);
  const estimates = await Promise.all(
    targets.map((target) => {
      const backup = choices.find(({ alias }) => alias === target.alias)?.backup ?? null;
      return estimateFor(deps, {
        target,
        action,
        bytes: backup ? (sizes.get(backup) ?? null) : null,
      });
    }),
  );
  const given = Number(text(input.values, "lama"));
  const minutes = given > 0 ? given : (sumOfMinutes(estimates) ?? MINUTES_UNKNOWN);
  const to = new Date(from.getTime() + minutes * MS_PER_MINUTE);
  const work = { agent: first.agent, aliases: targets.map(({ alias }) => alias), from, to };
  const zone = zoneOf(deps, row.agency);
  const warnings = clashesOf(work, {
    now: at,
    calendar: running.calendar,
    windows: maintenanceWindows(deps.catalog.agencies.get(row.agency)?.jendelaPemeliharaan),
    standing: await standingWork(deps, {
      agency: row.agency,
      agents: [first.agent],
      besides: row.id,
    }),
    needs: needsOf(targets),
    validUntil: act.membekukan ? new Date(at.getTime() + ORDER_VALID_MS) : null,
  });
  if (warnings.length > 0 && text(input.values, CLASH_FIELD.name) !== "ya") {
    throw new AppError("PLAN_CLASH", `${warnings.length} warnings`, {
      problems: warnings.map((clash) => ({
        field: CLASH_FIELD.name,
        pesan: clashText(clash, zone),
      })),
    });
  }
  const bytes = estimates.every((one) => one.bytes !== null)
    ? estimates.reduce((sum, one) => sum + (one.bytes ?? 0), 0)
    : null;
  return {
    request: row.id,
    agency: row.agency,
    agent: first.agent,
    aliases: work.aliases,
    startsAt: from.toISOString(),
    endsAt: to.toISOString(),
    bytes,
    createdAt: at.toISOString(),
  };
}

/** A backup takes its size of the vault; a restore as well, by the safety backup made before it. */
function needsOf(targets: readonly ReportedTarget[]): VaultNeed[] {
  return [...Map.groupBy(targets, ({ vault }) => vault)].map(([vault, rows]) => ({
    vault,
    needBytes: rows.reduce((sum, row) => sum + (row.estimatedBytes ?? 0), 0),
    freeBytes: rows[0]?.vaultFreeBytes ?? null,
  }));
}

async function backupSizes(
  deps: Pick<Deps, "db">,
  choices: readonly Choice[],
): Promise<ReadonlyMap<string, number>> {
  const ids = choices.flatMap(({ backup }) => backup ?? []);
  if (ids.length === 0) return new Map();
  const aliases = choices.map(({ alias }) => alias);
  const rows = await deps.db.orm
    .select({ id: backups.id, bytes: backups.bytes })
    .from(backups)
    .where(and(inArray(backups.id, ids), inArray(backups.alias, aliases)));
  return new Map(rows.map(({ id, bytes }) => [id, bytes]));
}

/** "2026-11-24T09:00" as the agency's clock shows it. */
function localMoment(typed: string, offsetMinutes: number): Date | null {
  const local = Date.parse(`${typed}:00Z`);
  return Number.isNaN(local) ? null : new Date(local - offsetMinutes * MS_PER_MINUTE);
}

function text(values: FormValues, name: string): string {
  return String([values[name] ?? ""].flat()[0] ?? "").trim();
}
