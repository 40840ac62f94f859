import { listText } from "#domain/indonesian.ts";
import type { Urgency } from "#domain/workflow/urgency.ts";

/** "7 tindakan menunggu Anda: 2 lewat batas dan 1 hari ini." `followUps` are outside the SOP. */
export function inboxText(counts: Readonly<Record<Urgency, number>>, followUps = 0): string {
  const { overdue, today, later, no_limit: free, waiting, barred } = counts;
  const due = overdue + today + later + free;
  const pressing = [
    ...(overdue > 0 ? [`${overdue} lewat batas`] : []),
    ...(today > 0 ? [`${today} hari ini`] : []),
  ];
  const first =
    due === 0
      ? "Tidak ada tindakan yang menunggu Anda."
      : `${due} tindakan menunggu Anda${pressing.length > 0 ? `: ${listText(pressing)}` : ""}.`;
  return [
    first,
    ...(followUps > 0 ? [`${followUps} persetujuan di luar SOP menunggu Anda.`] : []),
    ...(waiting > 0 ? [`${waiting} lagi menunggu jawaban pemohon.`] : []),
    ...(barred > 0 ? [`${barred} lagi harus oleh orang lain.`] : []),
  ].join(" ");
}
