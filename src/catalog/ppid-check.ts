import { missing } from "./cross-check.ts";
import type { Entry } from "./entry.ts";
import type { ExcludedInformation, PublicInformation } from "./ppid-schema.ts";
import type { FileProblem } from "./problems.ts";

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
