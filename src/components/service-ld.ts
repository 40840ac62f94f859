import { KIND_LABELS } from "#domain/workflow/form.ts";
import type { SopEntry } from "../content.config.ts";
import type { JsonLd } from "./json-ld.ts";

/** The service for machines; what it costs and promises is left to the agency's own words. */
export function serviceLd(origin: string, { sop }: Pick<SopEntry, "sop">, agency: string): JsonLd {
  const place = `${origin}/sop/${sop.slug}/`;
  return {
    "@type": "GovernmentService",
    name: sop.judul,
    serviceType: sop.jenisPermohonan.map((kind) => KIND_LABELS[kind]),
    provider: { "@type": "GovernmentOrganization", name: agency },
    availableChannel: { "@type": "ServiceChannel", serviceUrl: `${place}#formulir` },
    subjectOf: { "@id": `${place}#dokumen` },
    url: `${origin}/layanan/${sop.slug}/`,
  };
}
