import type { Guide } from "../catalog/guide-schema.ts";

/** For whom a guide is written. */
export const AUDIENCES: Readonly<Record<Guide["untuk"], string>> = {
  pemohon: "pemohon",
  pejabat: "pejabat dan pelaksana",
  operator: "operator agen",
  auditor: "auditor",
  admin: "admin portal",
};
