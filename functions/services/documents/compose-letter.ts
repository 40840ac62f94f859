import { localDate, ZONES, type ZoneId } from "#domain/calendar/local-time.ts";
import { invariant } from "#domain/errors.ts";
import { dateText } from "#domain/indonesian.ts";
import type { Letter, LetterSigner } from "#domain/letters/letter.ts";
import type { DocumentKind } from "#domain/sop/schema.ts";
import { CLASH_FIELD } from "#domain/workflow/form.ts";
import type { Deps } from "../deps.ts";
import { type Answer, answerOf } from "../requests/content.ts";
import type { RunningSop } from "../requests/project.ts";
import { showReference } from "../requests/reference.ts";

export const KIND_TITLES: Readonly<Record<DocumentKind, string>> = {
  "surat-permohonan": "Surat permohonan",
  disposisi: "Lembar disposisi",
  perencanaan: "Perencanaan pelaksanaan",
  laporan: "Laporan pelaksanaan",
  "surat-pemberitahuan": "Surat pemberitahuan",
  "berita-acara": "Berita acara",
};

/** What a letter is made of; what only acts have may be left out. */
export interface LetterInput {
  readonly request: string;
  readonly running: RunningSop;
  readonly kind: DocumentKind;
  readonly at: Date;
  readonly from: string;
  readonly to: readonly string[];
  readonly answers: readonly Answer[];
  readonly evidence: readonly { readonly label: string; readonly value: string }[];
  readonly attachments: readonly {
    readonly kind: string;
    readonly title: string;
    readonly sha256: string;
    readonly number?: string | null;
  }[];
  /** Of an official; null or left out for the pemohon's own letter. */
  readonly signer?: LetterSigner | null;
  /** The submission, where the letter is not the submission itself. */
  readonly submission?: { readonly answers: readonly Answer[]; readonly at: Date };
  readonly chain?: Letter["chain"];
  readonly activities?: Letter["activities"];
  readonly conclusion?: string | null;
}

/** A letter before it is numbered and signed. */
export function composeLetter(
  deps: Pick<Deps, "catalog" | "settings">,
  input: LetterInput,
): Letter {
  const { sop, digest } = input.running;
  const agency = deps.catalog.agencies.get(sop.instansi);
  invariant(agency, `${sop.slug} names an agency that is not in content`);
  const own = input.kind === "surat-permohonan";
  const submission = input.submission ?? { answers: input.answers, at: input.at };
  const told = (name: string) => answerOf(submission.answers, name);
  const opd = told("opd") ?? "";
  const local = (at: Date) => localDate(at, agency.calendar.offsetMinutes);
  const work = told("jenis") ?? "";
  return {
    v: 2,
    kind: input.kind,
    title: KIND_TITLES[input.kind],
    sample: deps.settings.sample,
    state: "tanpa-tanda-tangan",
    agency: {
      id: agency.id,
      name: agency.nama,
      // The letterhead of the OPD is not known here: its name stands in its place.
      letterhead: own ? [opd] : [...agency.kop],
      contact: own ? [] : contactOf(agency),
      place: own ? null : (agency.naskah?.tempat ?? null),
    },
    sop: { slug: sop.slug, title: sop.judul, digest, number: sop.identitas.nomor },
    ref: showReference(input.request),
    number: own ? told("nomorSurat") : null,
    sifat: answerOf(input.answers, "sifat"),
    subject: subjectOf(input.kind, work),
    copies: [],
    at: input.at.toISOString(),
    date: local(input.at),
    from: input.from,
    to: own ? [...input.to, agency.nama] : [...input.to],
    signer: own
      ? { title: opd, name: told("nama") ?? "", rank: null, nip: null }
      : (input.signer ?? null),
    initials: [],
    signedWith: null,
    verify: null,
    request: {
      work,
      opd,
      name: told("nama") ?? "",
      letterNumber: told("nomorSurat"),
      submitted: local(submission.at),
    },
    rows: input.answers
      .filter(({ name }) => name !== "sifat" && name !== CLASH_FIELD.name)
      .map((answer) => ({ ...answer, value: readable(answer.value, agency.zona) })),
    chain: [...(input.chain ?? [])],
    activities: [...(input.activities ?? [])],
    evidence: input.evidence.map(({ label, value }) => ({ label, value })),
    conclusion: input.conclusion ?? null,
    attachments: input.attachments.map(({ kind, title, sha256, number }) => ({
      kind,
      title,
      number: number ?? null,
      sha256,
    })),
  };
}

function contactOf({
  alamat,
  kontak,
}: {
  readonly alamat?: string | undefined;
  readonly kontak?:
    | { telepon?: string | undefined; surel?: string | undefined; situs?: string | undefined }
    | undefined;
}): string[] {
  const ways = [
    kontak?.telepon && `Telepon ${kontak.telepon}`,
    kontak?.surel && `pos-el ${kontak.surel}`,
    kontak?.situs && `laman ${kontak.situs}`,
  ].filter((way) => way !== undefined);
  return [alamat ?? "", ways.join(", ")].filter((line) => line !== "");
}

function subjectOf(kind: DocumentKind, work: string): string {
  const what = work === "" ? "layanan" : `${work.charAt(0).toLowerCase()}${work.slice(1)}`;
  switch (kind) {
    case "perencanaan":
      return `Rencana pelaksanaan ${what}`;
    case "laporan":
    case "berita-acara":
      return `Pelaksanaan ${what}`;
    case "surat-pemberitahuan":
      return `Pemberitahuan hasil ${what}`;
    default:
      return `Permohonan ${what}`;
  }
}

/** Moments and days as people read them; every other answer to the letter. */
function readable(value: string, zone: ZoneId): string {
  const moment = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})$/.exec(value);
  if (moment) {
    const [, date = "", hours, minutes] = moment;
    return `${dateText(date)} pukul ${hours}.${minutes} ${ZONES[zone].label}`;
  }
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? dateText(value) : value;
}
