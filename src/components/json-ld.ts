/** What a page says in the words of schema.org, for machines. */
import type { SopStatus } from "#domain/sop/life-cycle.ts";
import { KIND_LABELS } from "#domain/workflow/form.ts";
import type { Law } from "../catalog/law-schema.ts";
import type { SopEntry } from "../content.config.ts";
import { lawFullName } from "./labels.ts";
import { isOpen, twinsPath, versionPath } from "./sop-links.ts";

export type JsonLd = Readonly<Record<string, unknown>>;

/** A data block that cannot end its own script element. Keys without a value are left out. */
export function jsonLdText(graph: readonly JsonLd[]): string {
  const text = JSON.stringify({ "@context": "https://schema.org", "@graph": graph }, (_, value) =>
    value === null ? undefined : value,
  );
  return text.replaceAll("<", "\\u003c");
}

interface Crumb {
  readonly title: string;
  readonly href: string;
}

/** `crumbs` from the home page down; the last one is the page itself. */
export function breadcrumbLd(origin: string, crumbs: readonly Crumb[]): JsonLd {
  const all = [{ title: "Beranda", href: "/" }, ...crumbs];
  return {
    "@type": "BreadcrumbList",
    itemListElement: all.map(({ title, href }, at) => ({
      "@type": "ListItem",
      position: at + 1,
      name: title,
      item: origin + href,
    })),
  };
}

const DOCUMENT_STATUS: Readonly<Record<SopStatus, string>> = {
  draf: "Draft",
  berlaku: "Published",
  dicabut: "Obsolete",
  diganti: "Obsolete",
};

const TWINS = [
  ["sop.json", "application/json"],
  ["sop.csv", "text/csv"],
  ["sop.bpmn", "application/xml"],
  ["sop.pdf", "application/pdf"],
] as const;

/** The document, and the service where requests are taken under it. */
export function sopLd(
  origin: string,
  entry: SopEntry,
  versi: number,
  about: { readonly agency: string; readonly laws: ReadonlyMap<string, Law> },
): JsonLd[] {
  const { sop = entry.sop } = entry.versions.find((one) => one.sop.versi === versi) ?? {};
  const url = origin + versionPath(entry, versi);
  const { identitas: identity } = sop;
  const agency = { "@type": "GovernmentOrganization", name: about.agency };
  const current = versi === entry.sop.versi;
  const cited = [...new Set(sop.dasarHukum.map(({ rujukan }) => rujukan))];
  const document = {
    "@type": "DigitalDocument",
    "@id": `${url}#dokumen`,
    url,
    name: sop.judul,
    identifier: identity.nomor,
    version: String(versi),
    inLanguage: "id",
    dateCreated: identity.tanggalPembuatan,
    dateModified: identity.tanggalRevisi,
    datePublished: identity.tanggalPengesahan ?? identity.tanggalEfektif,
    creativeWorkStatus: current ? DOCUMENT_STATUS[entry.life.status] : DOCUMENT_STATUS.diganti,
    publisher: agency,
    isBasedOn: cited.map((id) => {
      const law = about.laws.get(id);
      return {
        "@type": "Legislation",
        "@id": `${origin}/dasar-hukum/${id}/`,
        name: law ? lawFullName(law) : null,
      };
    }),
    encoding: TWINS.map(([name, type]) => ({
      "@type": "MediaObject",
      contentUrl: origin + twinsPath(entry, versi) + name,
      encodingFormat: type,
    })),
  };
  if (!current || !isOpen(entry)) return [document];
  const service = {
    "@type": "GovernmentService",
    name: sop.judul,
    serviceType: sop.jenisPermohonan.map((kind) => KIND_LABELS[kind]),
    provider: agency,
    availableChannel: { "@type": "ServiceChannel", serviceUrl: `${url}#formulir` },
    subjectOf: { "@id": document["@id"] },
  };
  return [service, document];
}

/** `replaced`: laws whose place this one took. */
export function lawLd(origin: string, law: Law, replaced: readonly Law[]): JsonLd {
  const urlOf = (id: string) => `${origin}/dasar-hukum/${id}/`;
  return {
    "@type": "Legislation",
    "@id": urlOf(law.id),
    url: urlOf(law.id),
    name: `${lawFullName(law)} tentang ${law.judulResmi}`,
    legislationIdentifier: lawFullName(law),
    legislationType: law.jenis,
    inLanguage: "id",
    legislationLegalForce: legalForce(law),
    legislationRepeals:
      replaced.length > 0 ? replaced.map(({ id }) => ({ "@id": urlOf(id) })) : null,
    sameAs: law.sumberUrl,
  };
}

/** Null where nobody compared the law with its source. */
function legalForce({ status }: Law): string | null {
  if (status === "belum_diverifikasi") return null;
  const force = { berlaku: "InForce", diubah: "PartiallyInForce", dicabut: "NotInForce" }[status];
  return `https://schema.org/${force}`;
}
