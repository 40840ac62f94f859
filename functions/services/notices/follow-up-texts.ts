/** What mails say of a kept copy: that it is asked about, and what became of that. No target is named. */
import type { FollowUpAction } from "#domain/workflow/types.ts";
import { letter, type NoticeText, sopLines, type TextFacts, table } from "./texts.ts";

const WISHES: Readonly<Record<FollowUpAction, string>> = {
  rollback: "pengembalian ke data sebelum pemulihan",
  drop: "penghapusan salinan lama",
};

const NEWS = {
  asked: (ref: string, wish: string) => [
    `Permohonan ${ref} menunggu persetujuan Anda (di luar SOP)`,
    `Pada permohonan ${ref} diminta ${wish}. Permintaan ini menunggu persetujuan pada jabatan Anda.`,
  ],
  approved: (ref: string, wish: string) => [
    `Permohonan ${ref}: permintaan Anda disetujui`,
    `Permintaan Anda, ${wish}, disetujui pada permohonan ${ref}. Agen segera mengerjakannya.`,
  ],
  declined: (ref: string, wish: string) => [
    `Permohonan ${ref}: permintaan Anda tidak disetujui`,
    `Permintaan Anda, ${wish}, tidak disetujui pada permohonan ${ref}. Alasannya tertulis pada halaman permohonan.`,
  ],
  withdrawn: (ref: string, wish: string) => [
    `Permohonan ${ref}: permintaan ditarik, tidak lagi menunggu Anda`,
    `Permintaan ${wish} pada permohonan ${ref} ditarik oleh yang meminta. Tidak ada yang perlu diputuskan.`,
  ],
  done: (ref: string, wish: string) => [
    `Permohonan ${ref}: permintaan Anda selesai dikerjakan`,
    `Agen menyelesaikan ${wish} pada permohonan ${ref}.`,
  ],
  undone: (ref: string, wish: string) => [
    `Permohonan ${ref}: permintaan Anda gagal dikerjakan`,
    `Agen tidak menyelesaikan ${wish} pada permohonan ${ref}. Sebabnya tertulis pada halaman permohonan.`,
  ],
} as const satisfies Record<string, (ref: string, wish: string) => readonly [string, string]>;
export type FollowUpNews = keyof typeof NEWS;

export function followUpText(
  news: FollowUpNews,
  action: FollowUpAction,
  facts: TextFacts,
): NoticeText {
  const [subject, opening] = NEWS[news](facts.ref, WISHES[action]);
  return {
    subject,
    body: letter(facts, [
      opening,
      table([...sopLines(facts), ["Sifat", "di luar SOP, tanpa batas waktu"]]),
      "Masuk ke ruang kerja untuk membacanya:",
      `${facts.origin}/ruang-kerja/permohonan/${facts.ref}/`,
    ]),
  };
}
