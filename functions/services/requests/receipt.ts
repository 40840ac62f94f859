import { localDate } from "#domain/calendar/local-time.ts";
import { AppError } from "#domain/errors.ts";
import { instantText } from "#domain/indonesian.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import { KIND_LABELS } from "#domain/workflow/form.ts";
import { receiptPdf } from "../../letters/receipt.ts";
import type { Ctx, Deps } from "../deps.ts";
import { openRequest } from "./access.ts";
import { zoneOf } from "./load.ts";
import { showReference } from "./reference.ts";

/** The tanda terima as a PDF, for whoever holds the code: it carries the tracking link. */
export async function receiptOf(
  deps: Deps,
  ctx: Ctx,
  input: { readonly ref: string; readonly origin: string },
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly ref: string }> {
  const { row, running, state, requester } = await openRequest(deps, ctx, input.ref);
  if (!requester || ctx.code === null) throw new AppError("AUTH_TRACKING", "no code was sent");
  const { sop, calendar } = running;
  const zone = zoneOf(deps, row.agency);
  const agency = deps.catalog.agencies.get(row.agency);
  const ref = showReference(row.id);
  const open = state.act === null ? null : positionOf(sop, state.act);
  const query = new URLSearchParams({ nomor: ref, kode: ctx.code });
  const bytes = receiptPdf({
    sample: deps.settings.sample,
    agency: { name: agency?.nama ?? row.agency, letterhead: agency?.kop ?? [] },
    ref,
    sop: sop.judul,
    work: KIND_LABELS[row.kind],
    receivedAt: instantText(row.submittedAt, zone),
    next: {
      step: open ? `${open.step.no}. ${open.act.judul}` : "–",
      role: open ? roleOf(sop, open.act.oleh).judul : "–",
      due: row.dueAt && instantText(row.dueAt, zone),
    },
    tracking: `${input.origin}/lacak/?${query}`,
    date: localDate(new Date(row.submittedAt), calendar.offsetMinutes),
  });
  return { bytes, ref };
}
