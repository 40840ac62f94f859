import { positions, roleOf } from "../sop/navigate.ts";
import type { Sop } from "../sop/schema.ts";

/**
 * Who is told when an act is late, besides its own actor: whoever sent it there. That is the role of
 * the latest act before it whose disposisi names its role, else the role of the act before; null
 * where that is the pemohon or the same role.
 */
export function overseerOf(sop: Sop, actId: string): string | null {
  const all = positions(sop).map(({ act }) => act);
  const at = all.findIndex((act) => act.id === actId);
  const open = all[at];
  if (!open) return null;
  const earlier = all.slice(0, at);
  const sender =
    earlier.findLast((act) => act.jenis === "disposisi" && act.kepada.includes(open.oleh)) ??
    earlier.at(-1);
  if (!sender || sender.oleh === open.oleh || roleOf(sop, sender.oleh).pemohon) return null;
  return sender.oleh;
}
