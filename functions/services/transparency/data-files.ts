/** The open data as files: the same data always give the same bytes. */
import { createHash } from "node:crypto";
import { stringify } from "csv-stringify/sync";
import {
  type DataField,
  type DataRow,
  type Dataset,
  DRILLS,
  PERFORMANCE,
  PROMISES,
  SOPS,
} from "#domain/transparency/datasets.ts";
import { publishedQuarters } from "#domain/transparency/publications.ts";
import { drillRows, performanceRows, promiseRows } from "#domain/transparency/rows.ts";
import type { TransparencyView } from "#domain/transparency/view.ts";
import { catalogJson } from "./data-catalog.ts";
import { publicationFeed } from "./publication-feed.ts";

export interface DataFile {
  readonly type: string;
  readonly body: string;
  readonly sha256: string;
}

export interface Portal {
  readonly origin: string;
  /** SOPs are content, not figures; they come with the portal. */
  readonly sops: readonly DataRow[];
}

/** One dataset with the files it is offered as. */
export interface DatasetFiles {
  readonly dataset: Dataset;
  readonly csv: DataFile;
  readonly json: DataFile;
}

/** All files by their path. */
export function dataFiles(view: TransparencyView, portal: Portal): Map<string, DataFile> {
  const [newest] = publishedQuarters(view);
  const modified = newest?.on ?? null;
  const sets = [
    filesOf(PERFORMANCE, performanceRows(view)),
    filesOf(PROMISES, promiseRows(view)),
    filesOf(DRILLS, drillRows(view)),
    filesOf(SOPS, portal.sops),
  ];
  const files = sets.flatMap(({ dataset, csv, json }): [string, DataFile][] => {
    const path = `/data/${dataset.name}/`;
    const described = datapackage({ dataset, csv, json }, portal.origin);
    return [
      [`${path}${dataset.name}.csv`, csv],
      [`${path}${dataset.name}.json`, json],
      [`${path}datapackage.json`, fileOf(jsonText(described), "application/json")],
    ];
  });
  const catalog = catalogJson(sets, portal.origin, modified);
  return new Map([
    ...files,
    ["/data/katalog.jsonld", fileOf(jsonText(catalog), "application/ld+json")],
    [
      "/umpan/transparansi.atom",
      fileOf(publicationFeed(view, portal.origin), "application/atom+xml"),
    ],
  ]);
}

function filesOf(dataset: Dataset, rows: readonly DataRow[]): DatasetFiles {
  const columns = dataset.fields.map(({ name }) => name);
  const plain = rows.map((row) =>
    Object.fromEntries(columns.map((name) => [name, row[name] ?? null])),
  );
  return {
    dataset,
    csv: fileOf(stringify(plain, { header: true, columns, record_delimiter: "\r\n" }), "text/csv"),
    json: fileOf(jsonText(plain), "application/json"),
  };
}

/** Data Package 2.0. No licence is named: the agencies have not chosen one. */
function datapackage({ dataset, csv, json }: DatasetFiles, origin: string): unknown {
  const { name, title, description, fields, key } = dataset;
  const resource = (file: DataFile, format: "csv" | "json") => ({
    name: format === "csv" ? name : `${name}-json`,
    title,
    path: `${name}.${format}`,
    format,
    mediatype: format === "csv" ? "text/csv" : "application/json",
    encoding: "utf-8",
    bytes: Buffer.byteLength(file.body),
    hash: `sha256:${file.sha256}`,
    ...(format === "csv"
      ? {
          type: "table",
          schema: { fields: fields.map(tableField), primaryKey: key, missingValues: [""] },
        }
      : {}),
  });
  return {
    $schema: "https://datapackage.org/profiles/2.0/datapackage.json",
    name,
    title,
    description,
    homepage: `${origin}/data/#${name}`,
    resources: [resource(csv, "csv"), resource(json, "json")],
  };
}

function tableField({ name, type, description, required, values }: DataField) {
  return {
    name,
    type,
    description,
    constraints: { ...(required ? { required } : {}), ...(values ? { enum: values } : {}) },
  };
}

function fileOf(body: string, type: string): DataFile {
  return { type, body, sha256: createHash("sha256").update(body).digest("hex") };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
