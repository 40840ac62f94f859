/** Words of the admin's and the mandate pages. */
import { instantText } from "#domain/indonesian.ts";
import type {
  AgentView,
  HoldingView,
  LoggedDeed,
  MandateView,
} from "../../functions/services/services.ts";
import type { Label } from "./labels.ts";

export const CAPACITY: Readonly<Record<HoldingView["capacity"], string>> = {
  definitif: "Definitif",
  plt: "Plt.",
  plh: "Plh.",
};

export const HOLDING_STATE: Readonly<Record<HoldingView["state"], Label>> = {
  coming: { text: "Akan datang", tone: "notice" },
  in_force: { text: "Berlaku", tone: "positive" },
  over: { text: "Berakhir", tone: "" },
  void: { text: "Dibatalkan", tone: "negative" },
};

export const MANDATE_STATE: Readonly<Record<MandateView["state"], Label>> = {
  coming: { text: "Akan datang", tone: "notice" },
  in_force: { text: "Berlaku", tone: "positive" },
  over: { text: "Berakhir", tone: "" },
  taken_back: { text: "Dicabut", tone: "negative" },
};

export const AGENT_STATUS: Readonly<Record<AgentView["status"], Label>> = {
  pending: { text: "Menunggu persetujuan", tone: "notice" },
  approved: { text: "Disetujui", tone: "positive" },
  held: { text: "Ditahan", tone: "negative" },
  revoked: { text: "Dicabut", tone: "negative" },
};

export const ADMIN_ACT: Readonly<Record<LoggedDeed["act"], string>> = {
  user_added: "Akun dibuat",
  user_deactivated: "Akun dinonaktifkan",
  user_reactivated: "Akun diaktifkan kembali",
  recovery_issued: "Tautan pemulihan diterbitkan",
  signer_set: "Data penanda tangan diisi",
  admin_granted: "Dijadikan admin",
  admin_revoked: "Peran admin dicabut",
  position_assigned: "Jabatan ditetapkan",
  position_ended: "Jabatan diakhiri",
  position_corrected: "Data jabatan dibetulkan",
  agent_code_made: "Kode agen dibuat",
  agent_approved: "Agen disetujui",
  agent_released: "Agen dilepaskan",
  agent_revoked: "Agen dicabut",
};

const NEWS: Readonly<Record<string, string>> = {
  "orang-ditambah":
    "Akun dibuat. Sampaikan tautan di bawah kepada pemiliknya, lalu tetapkan jabatannya.",
  deactivate: "Akun dinonaktifkan. Semua sesinya dan mandat dari atau kepadanya berakhir.",
  reactivate: "Akun diaktifkan kembali.",
  grant: "Orang ini sekarang admin.",
  revoke: "Peran admin dicabut.",
  tautan: "Tautan pemulihan diterbitkan. Tautan sebelumnya tidak berlaku lagi.",
  "penanda-tangan": "Data penanda tangan disimpan.",
  ditetapkan: "Jabatan ditetapkan.",
  diakhiri: "Jabatan diakhiri. Permohonannya langsung pindah ke pemegang lain.",
  dibetulkan: "Data jabatan dibetulkan. Isi sebelumnya tetap tercatat.",
  kode: "Kode pendaftaran agen dibuat.",
  "agen-disetujui": "Agen disetujui.",
  "agen-dilepaskan": "Agen dilepaskan dan dapat bekerja lagi.",
  "agen-dicabut": "Agen dicabut.",
  diberikan: "Mandat diberikan.",
  dicabut: "Mandat dicabut. Penerima tidak lagi dapat bertindak.",
};

/** What the form before this page did; null for anything else in the address. */
export function newsOf(url: URL): string | null {
  return NEWS[url.searchParams.get("kabar") ?? ""] ?? null;
}

/** The zone in which the admin's pages tell times: that of the capital. */
export function adminInstant(at: string): string {
  return instantText(at, "Asia/Jakarta");
}
