import type { Capacity } from "./positions-on.ts";

const PREFIX: Readonly<Record<Capacity | "pemohon", string>> = {
  definitif: "",
  plt: "Plt. ",
  plh: "Plh. ",
  mandat: "a.n. ",
  pemohon: "",
};

/** The title of a position as it stands under a signature, e.g. "Plt. Kepala Dinas". */
export function positionTitle(capacity: Capacity | "pemohon", title: string): string {
  return `${PREFIX[capacity]}${title}`;
}
