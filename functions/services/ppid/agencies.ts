import type { Agency } from "#catalog/agency-schema.ts";
import type { Catalog } from "#catalog/load.ts";
import type { FieldOption } from "#domain/workflow/form.ts";
import type { Viewer } from "../services.ts";

/** Agencies that take requests for information here. */
export function agencyOptions(catalog: Pick<Catalog, "agencies">): FieldOption[] {
  return [...catalog.agencies.values()]
    .filter(({ ppid, status }) => ppid !== undefined && status === "terbit")
    .map(({ id, nama }) => ({ value: id, label: nama }));
}

/** As which of the two the viewer acts for an agency: its PPID, the PPID's superior, or neither. */
export function officerOf(viewer: Viewer, { id, ppid }: Agency, part: "pejabat" | "atasan") {
  const held = viewer.positions.find(
    ({ agency, jabatan }) => agency === id && ppid?.[part] === jabatan,
  );
  return held ? { person: viewer.person, jabatan: held.jabatan, capacity: held.capacity } : null;
}

/** Agencies whose requests for information the viewer looks after. */
export function agenciesOf(viewer: Viewer, catalog: Pick<Catalog, "agencies">): Agency[] {
  return [...catalog.agencies.values()].filter(
    (agency) => officerOf(viewer, agency, "pejabat") ?? officerOf(viewer, agency, "atasan"),
  );
}
