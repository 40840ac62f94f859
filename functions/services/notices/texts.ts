import { ALERT_WORDS } from "#domain/job/alert-words.ts";
import type { Alert } from "#domain/job/care.ts";

/** What mails say: reference, what, until when, one link. No names, no letters, no words of others. */
export interface NoticeText {
  readonly subject: string;
  readonly body: string;
}

/** What every text may name. */
export interface TextFacts {
  /** As people read it, with hyphens. */
  readonly ref: string;
  readonly sopTitle: string;
  readonly agencyName: string;
  readonly origin: string;
}

export interface ActFacts extends TextFacts {
  readonly stepNo: number;
  readonly actTitle: string;
  /** Already in words; null where the SOP sets none. */
  readonly due: string | null;
}

const WIDTH = 72;

const OFFICIAL = {
  turn: (ref: string) => [
    `Permohonan ${ref} menunggu tindakan Anda`,
    `Permohonan ${ref} menunggu tindakan pada jabatan Anda.`,
  ],
  answered: (ref: string) => [
    `Permohonan ${ref}: pemohon sudah menjawab`,
    `Pemohon menjawab pertanyaan atas permohonan ${ref}. Waktu baku berjalan lagi.`,
  ],
  "75": (ref: string) => [
    `Permohonan ${ref} mendekati batas waktu`,
    `Tiga perempat waktu baku langkah ini sudah terpakai pada permohonan ${ref}.`,
  ],
  "100": (ref: string) => [
    `Permohonan ${ref} melewati batas waktu`,
    `Waktu baku langkah ini sudah habis pada permohonan ${ref}, dan langkahnya belum ditutup.`,
  ],
  moved: (ref: string) => [
    `Permohonan ${ref}: batas waktu dihitung ulang`,
    `Kalender kerja instansi berubah. Batas waktu langkah ini pada permohonan ${ref} ikut berubah.`,
  ],
} as const satisfies Record<string, (ref: string) => readonly [string, string]>;
export type OfficialNotice = keyof typeof OFFICIAL;

/** To those who hold a position. Nothing can be decided by the link itself. */
export function officialText(kind: OfficialNotice, facts: ActFacts): NoticeText {
  const [subject, opening] = OFFICIAL[kind](facts.ref);
  return {
    subject,
    body: letter(facts, [
      opening,
      table([...sopLines(facts), ...actLines(facts)]),
      "Masuk ke ruang kerja untuk membaca dan memutuskannya:",
      `${facts.origin}/ruang-kerja/permohonan/${facts.ref}/`,
    ]),
  };
}

const REQUESTER = {
  received: "sudah diterima. Simpan surel ini: tautan di bawah memuat kode lacak Anda.",
  turn: "menunggu tindakan Anda.",
  asked: "menunggu jawaban Anda. Waktu pengerjaan berhenti sampai Anda menjawab.",
  returned: "dikembalikan ke langkah sebelumnya. Alasannya tertulis pada halaman permohonan.",
  refused: "tidak dapat dilanjutkan. Alasannya tertulis pada halaman permohonan.",
  planned: "sudah direncanakan. Jadwalnya tertulis pada halaman permohonan.",
  completed: "sudah selesai.",
  "75": "menunggu tindakan Anda. Tiga perempat waktunya sudah terpakai.",
  "100": "menunggu tindakan Anda. Batas waktunya sudah lewat.",
} as const;
export type RequesterNotice = keyof typeof REQUESTER;

const REQUESTER_SUBJECTS: Readonly<Record<RequesterNotice, string>> = {
  received: "sudah diterima",
  turn: "menunggu tindakan Anda",
  asked: "menunggu jawaban Anda",
  returned: "dikembalikan",
  refused: "tidak dapat dilanjutkan",
  planned: "sudah direncanakan",
  completed: "sudah selesai",
  "75": "mendekati batas waktu",
  "100": "melewati batas waktu",
};

/** To the pemohon, who alone is given the tracking code. `act`: what is open, if anything. */
export function requesterText(
  kind: RequesterNotice,
  facts: TextFacts & { readonly code: string },
  act: ActFacts | null,
): NoticeText {
  const theirs = kind === "turn" || kind === "75" || kind === "100";
  return {
    subject: `Permohonan ${facts.ref} ${REQUESTER_SUBJECTS[kind]}`,
    body: letter(facts, [
      `Permohonan ${facts.ref} ${REQUESTER[kind]}`,
      table([...sopLines(facts), ...(theirs && act ? actLines(act) : [])]),
      "Lihat permohonan Anda:",
      `${facts.origin}/lacak/?${new URLSearchParams({ nomor: facts.ref, kode: facts.code })}`,
    ]),
  };
}

/** To the admins, about a target of an agent. */
export function alertText(
  alert: Alert,
  { alias, origin }: { readonly alias: string; readonly origin: string },
): NoticeText {
  const { what, mend } = ALERT_WORDS[alert];
  return {
    subject: `Peringatan agen: ${what}`,
    body: `${[
      wrap(`${what} (sasaran ${alias}). ${mend}`),
      "Keadaan semua sasaran:",
      `${origin}/ruang-kerja/admin/agen/#sasaran`,
    ].join("\n\n")}\n`,
  };
}

/** To the admins, about an agent whose key is in two places. */
export function heldAgentText({
  hostname,
  origin,
}: {
  readonly hostname: string;
  readonly origin: string;
}): NoticeText {
  return {
    subject: "Agen ditahan: kuncinya dipakai dua program",
    body: `${[
      wrap(
        `Kunci agen ${hostname} dipakai dua program sekaligus, misalnya karena mesinnya disalin. Keduanya tidak diberi pekerjaan sampai admin memutuskan: matikan yang bukan semestinya, lalu lepaskan agen; bila ragu, cabut agen.`,
      ),
      "Putuskan di halaman agen:",
      `${origin}/ruang-kerja/admin/agen/#ditahan`,
    ].join("\n\n")}\n`,
  };
}

/** To the admins, about an order that its agent found to be another than what was approved. */
export function refusedJobText({
  ref,
  origin,
}: {
  readonly ref: string;
  readonly origin: string;
}): NoticeText {
  return {
    subject: "Agen menolak perintah yang tidak cocok dengan persetujuannya",
    body: `${[
      wrap(
        `Perintah pada permohonan ${ref} tidak sama dengan yang disetujui: isi, tanda tangan, atau urutan persetujuannya berubah. Agen tidak mengerjakan apa pun dan data tidak tersentuh. Periksa siapa yang dapat mengubah basis data portal sebelum permohonan ini dilanjutkan.`,
      ),
      "Keadaan agen:",
      `${origin}/ruang-kerja/admin/agen/`,
    ].join("\n\n")}\n`,
  };
}

/** For `pulih mail test`. */
export const TEST_TEXT: NoticeText = {
  subject: "Surel uji dari portal Pulih",
  body: `${wrap("Surel ini dikirim oleh perintah uji. Bila sampai, pengaturan surel portal sudah benar.")}\n`,
};

export function sopLines({ sopTitle }: TextFacts): [string, string][] {
  return [["SOP", sopTitle]];
}

function actLines({ stepNo, actTitle, due }: ActFacts): [string, string][] {
  return [
    ["Langkah", `${stepNo}. ${actTitle}`],
    ["Batas waktu", due ?? "tidak ditetapkan dalam SOP"],
  ];
}

export function letter({ agencyName }: TextFacts, parts: readonly string[]): string {
  const foot = `Surel ini dikirim otomatis oleh portal layanan ${agencyName}. Balasan ke alamat ini tidak dibaca.`;
  return `${[...parts.map(wrapLines), "-- ", wrap(foot)].join("\n\n").replace("-- \n\n", "-- \n")}\n`;
}

export function table(lines: readonly (readonly [string, string])[]): string {
  return lines.map(([name, value]) => `${name}: ${value}`).join("\n");
}

function wrapLines(text: string): string {
  return text.split("\n").map(wrap).join("\n");
}

/** Breaks at spaces; a word that is longer, such as a link, stays whole. */
function wrap(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= WIDTH || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].join("\n");
}
