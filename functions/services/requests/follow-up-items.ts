import { and, inArray, sql } from "drizzle-orm";
import { requests } from "#db/schema/requests.ts";
import { roleOf } from "#domain/sop/navigate.ts";
import type { FollowUpItem } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { titleInCapacity } from "../words.ts";
import { sopOfDigest, zoneOf } from "./load.ts";
import { showReference } from "./reference.ts";
import { agenciesOf, OPD } from "./rows.ts";

/** What waits for the viewer's answer outside the SOP, oldest first; not what they asked themselves. */
export async function followUpItems(deps: Deps, viewer: Viewer): Promise<FollowUpItem[]> {
  if (viewer.positions.length === 0) return [];
  const rows = await deps.db.orm
    .select({ request: requests, opd: OPD })
    .from(requests)
    // As the partial index says it.
    .where(and(inArray(requests.agency, agenciesOf(viewer)), sql`${requests.followUp} IS NOT NULL`))
    .orderBy(sql`${requests.followUp} ->> '$.at'`, requests.id);
  const items: FollowUpItem[] = [];
  for (const { request, opd } of rows) {
    const { followUp, agency, sopDigest, id } = request;
    if (!followUp || [followUp.asker, followUp.starter].includes(viewer.person)) continue;
    const { sop } = await sopOfDigest(deps, sopDigest);
    const { jabatan } = roleOf(sop, followUp.role);
    const held = viewer.positions.find(
      (position) => position.agency === agency && jabatan.includes(position.jabatan),
    );
    if (!held) continue;
    items.push({
      ref: showReference(id),
      action: followUp.action,
      opd: opd ?? "",
      sopTitle: sop.judul,
      asTitle: titleInCapacity(held.capacity, held.title),
      askedAt: followUp.at,
      zone: zoneOf(deps, agency),
    });
  }
  return items;
}
