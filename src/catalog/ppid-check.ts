import type { Entry } from "./entry.ts";
import type { ExcludedInformation, PublicInformation } from "./ppid-schema.ts";
import { type FileProblem, problemAt } from "./problems.ts";

interface Lists {
  readonly listed: readonly Entry<PublicInformation>[];
  readonly excluded: readonly Entry<ExcludedInformation>[];
  readonly agencyIds: ReadonlySet<string>;
  readonly lawIds: ReadonlySet<string>;
}

/** Agencies and laws that the lists of public information name must be there. */
export function checkPpid({ listed, excluded, agencyIds, lawIds }: Lists): FileProblem[] {
  return [
    ...[...listed, ...excluded].flatMap((entry) =>
      entry.data.instansi === null
        ? []
        : missing(entry, ["instansi"], entry.data.instansi, agencyIds, "instansi"),
    ),
    ...excluded.flatMap((entry) =>
      entry.data.dasarHukum.flatMap(({ rujukan }, at) =>
        missing(entry, ["dasarHukum", at, "rujukan"], rujukan, lawIds, "dasar-hukum"),
      ),
    ),
  ];
}

function missing(
  entry: Entry<unknown>,
  path: readonly PropertyKey[],
  id: string,
  known: ReadonlySet<string>,
  folder: string,
): FileProblem[] {
  if (known.has(id)) return [];
  const pesan = `Berkas ${folder}/${id}.md tidak ada.`;
  const saran = `Tulis salah satu dari: ${[...known].join(", ")}.`;
  return [problemAt(entry, { path, aturan: "berkas-tak-ada", pesan, saran })];
}
