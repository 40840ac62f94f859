import type { Statement } from "#db/client.ts";
import { documents } from "#db/schema/requests.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import { invariant } from "#domain/errors.ts";
import type { DocumentKind } from "#domain/sop/schema.ts";
import { canonicalJson, sha256Hex, utf8 } from "#domain/trust/canonical.ts";
import type { DocumentRef } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { Answer } from "../requests/content.ts";
import type { RunningSop } from "../requests/project.ts";
import { showReference } from "../requests/reference.ts";
import { Letter } from "./letter.ts";

export const LETTER_MIME = "application/json";

export const KIND_TITLES: Readonly<Record<DocumentKind, string>> = {
  "surat-permohonan": "Surat permohonan",
  disposisi: "Lembar disposisi",
  perencanaan: "Perencanaan pelaksanaan",
  laporan: "Laporan pelaksanaan",
  "surat-pemberitahuan": "Surat pemberitahuan",
};

/** A document ready to be stored: bytes for the file store, row for the batch, reference for the event. */
export interface MadeDocument {
  readonly bytes: Uint8Array;
  readonly statement: Statement;
  readonly ref: DocumentRef;
}

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
  }[];
}

export async function makeLetter(deps: Deps, input: LetterInput): Promise<MadeDocument> {
  const { sop, digest } = input.running;
  const agency = deps.catalog.agencies.get(sop.instansi);
  invariant(agency, `${sop.slug} names an agency that is not in content`);
  const letter: Letter = {
    v: 1,
    kind: input.kind,
    title: KIND_TITLES[input.kind],
    sample: deps.settings.sample,
    agency: { id: agency.id, letterhead: [...agency.kop] },
    sop: { slug: sop.slug, title: sop.judul, digest },
    ref: showReference(input.request),
    number: null,
    at: input.at.toISOString(),
    date: localDate(input.at, agency.calendar.offsetMinutes),
    from: input.from,
    to: [...input.to],
    rows: input.answers.map(({ label, value }) => ({ label, value })),
    evidence: input.evidence.map(({ label, value }) => ({ label, value })),
    attachments: input.attachments.map(({ kind, title, sha256 }) => ({ kind, title, sha256 })),
  };
  return makeDocument(deps, {
    request: input.request,
    kind: input.kind,
    title: letter.title,
    mime: LETTER_MIME,
    bytes: utf8(canonicalJson(Letter.parse(letter))),
    at: input.at,
  });
}

export async function makeDocument(
  deps: Pick<Deps, "db" | "newId">,
  input: {
    readonly request: string;
    readonly kind: string;
    readonly title: string;
    readonly mime: string;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly at: Date;
  },
): Promise<MadeDocument> {
  const id = deps.newId();
  const sha256 = await sha256Hex(input.bytes);
  return {
    bytes: input.bytes,
    ref: { kind: input.kind, id, sha256 },
    statement: deps.db.orm.insert(documents).values({
      id,
      request: input.request,
      kind: input.kind,
      title: input.title,
      mime: input.mime,
      bytes: input.bytes.length,
      sha256,
      createdAt: input.at.toISOString(),
    }),
  };
}
