/**
 * Words of a request for public information.
 *
 * - permintaan: a request for information (UU 14/2008 Pasal 22)
 * - keberatan: an objection to how it was answered, or that it was not (Pasal 35 and 36)
 * - PPID: who answers a permintaan; the superior of the PPID answers a keberatan
 *
 * Article numbers are as domain notes name them; pages show them as "belum diverifikasi".
 */
import { z } from "zod";
import { ContentRef } from "../workflow/types.ts";

/** What a PPID may answer, and a superior to an objection. */
export const Outcome = z.enum(["dikabulkan", "dikabulkan-sebagian", "ditolak"]);
export type Outcome = z.infer<typeof Outcome>;

/** Why information is not given, wholly or in part. */
export const DenialReason = z.enum([
  "dikecualikan",
  "tidak-dikuasai",
  "belum-didokumentasikan",
  "permintaan-tidak-jelas",
]);
export type DenialReason = z.infer<typeof DenialReason>;

/** Grounds of an objection, letters a to g of UU 14/2008 Pasal 35 ayat (1). */
export const Ground = z.enum(["a", "b", "c", "d", "e", "f", "g"]);
export type Ground = z.infer<typeof Ground>;

const Document = z.strictObject({
  kind: z.string().min(1),
  id: z.string().min(1),
  sha256: z.string().length(64),
});

const Officer = z.strictObject({
  person: z.string().min(1),
  jabatan: z.string().min(1),
  capacity: z.enum(["definitif", "plt", "plh", "mandat"]),
});
export type Officer = z.infer<typeof Officer>;

const Answer = {
  by: Officer,
  outcome: Outcome,
  content: ContentRef,
  documents: z.array(Document),
};

export const PpidEvent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("requested"), agency: z.string().min(1), content: ContentRef }),
  z.strictObject({ type: z.literal("extended"), by: Officer, content: ContentRef }),
  z.strictObject({ type: z.literal("answered"), ...Answer, reason: DenialReason.nullable() }),
  z.strictObject({ type: z.literal("objected"), ground: Ground, content: ContentRef }),
  z.strictObject({ type: z.literal("objection_answered"), ...Answer }),
  z.strictObject({ type: z.literal("withdrawn"), content: ContentRef }),
]);
export type PpidEvent = z.infer<typeof PpidEvent>;

export interface PpidState {
  readonly agency: string;
  /**
   * open: the PPID is to answer; answered: the requester may object; objected: the superior is to
   * answer; closed: nothing more happens here.
   */
  readonly status: "open" | "answered" | "objected" | "closed" | "withdrawn";
  readonly requestedAt: string;
  readonly extended: boolean;
  readonly answer: {
    readonly at: string;
    readonly outcome: Outcome;
    readonly reason: DenialReason | null;
  } | null;
  readonly objection: {
    readonly at: string;
    readonly ground: Ground;
    readonly answer: { readonly at: string; readonly outcome: Outcome } | null;
  } | null;
}

export const OUTCOME_LABELS: Readonly<Record<Outcome, string>> = {
  dikabulkan: "Dikabulkan",
  "dikabulkan-sebagian": "Dikabulkan sebagian",
  ditolak: "Ditolak",
};

export const REASON_LABELS: Readonly<Record<DenialReason, string>> = {
  dikecualikan: "Informasi dikecualikan",
  "tidak-dikuasai": "Informasi tidak dikuasai badan publik ini",
  "belum-didokumentasikan": "Informasi belum didokumentasikan",
  "permintaan-tidak-jelas": "Permintaan belum jelas",
};

export const GROUND_LABELS: Readonly<Record<Ground, string>> = {
  a: "Permintaan ditolak dengan alasan informasi dikecualikan",
  b: "Informasi berkala tidak disediakan",
  c: "Permintaan tidak ditanggapi",
  d: "Permintaan tidak ditanggapi sebagaimana yang diminta",
  e: "Permintaan tidak dipenuhi",
  f: "Biaya yang dikenakan tidak wajar",
  g: "Informasi disampaikan melebihi batas waktu",
};

export const STATUS_LABELS: Readonly<Record<PpidState["status"], string>> = {
  open: "Menunggu jawaban PPID",
  answered: "Sudah dijawab",
  objected: "Menunggu tanggapan keberatan",
  closed: "Selesai",
  withdrawn: "Dicabut pemohon",
};
