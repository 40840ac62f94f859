/** The catalogue of the open data for other portals: DCAT-AP 3 as JSON-LD. */
import type { DatasetFiles } from "./data-files.ts";

const CONTEXT = {
  dcat: "http://www.w3.org/ns/dcat#",
  dct: "http://purl.org/dc/terms/",
  foaf: "http://xmlns.com/foaf/0.1/",
  spdx: "http://spdx.org/rdf/terms#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
};
const INDONESIAN = { "@id": "http://publications.europa.eu/resource/authority/language/IND" };
const MEDIA = "http://www.iana.org/assignments/media-types/";

/** `modified`: local date of the newest publication. */
export function catalogJson(
  sets: readonly DatasetFiles[],
  origin: string,
  modified: string | null,
): unknown {
  const publisher = {
    "@type": "foaf:Agent",
    "foaf:name": text("Portal Pulih"),
    "foaf:homepage": { "@id": `${origin}/` },
  };
  return {
    "@context": CONTEXT,
    "@id": `${origin}/data/katalog.jsonld`,
    "@type": "dcat:Catalog",
    "dct:title": text("Data terbuka Pulih"),
    "dct:description": text(
      "Kinerja layanan pencadangan dan pemulihan data, waktu baku, dan daftar SOP.",
    ),
    "dct:language": INDONESIAN,
    "dct:publisher": publisher,
    "foaf:homepage": { "@id": `${origin}/data/` },
    "dcat:dataset": sets.map(({ dataset, csv, json }) => ({
      "@id": `${origin}/data/#${dataset.name}`,
      "@type": "dcat:Dataset",
      "dct:identifier": dataset.name,
      "dct:title": text(dataset.title),
      "dct:description": text(dataset.description),
      "dct:language": INDONESIAN,
      "dct:publisher": publisher,
      ...(modified ? { "dct:modified": { "@value": modified, "@type": "xsd:date" } } : {}),
      "dcat:landingPage": { "@id": `${origin}/data/#${dataset.name}` },
      "dcat:distribution": [
        distribution(`${origin}/data/${dataset.name}/${dataset.name}.csv`, "text/csv", csv),
        distribution(
          `${origin}/data/${dataset.name}/${dataset.name}.json`,
          "application/json",
          json,
        ),
      ],
    })),
  };
}

function distribution(url: string, type: string, file: DatasetFiles["csv"]): unknown {
  return {
    "@type": "dcat:Distribution",
    // There is no page but the file itself.
    "dcat:accessURL": { "@id": url },
    "dcat:downloadURL": { "@id": url },
    "dcat:mediaType": { "@id": `${MEDIA}${type}` },
    "dcat:byteSize": {
      "@value": String(Buffer.byteLength(file.body)),
      "@type": "xsd:nonNegativeInteger",
    },
    "spdx:checksum": {
      "@type": "spdx:Checksum",
      "spdx:algorithm": { "@id": "spdx:checksumAlgorithm_sha256" },
      "spdx:checksumValue": { "@value": file.sha256, "@type": "xsd:hexBinary" },
    },
  };
}

function text(value: string): unknown {
  return { "@value": value, "@language": "id" };
}
