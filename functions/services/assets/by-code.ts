import { and, eq, inArray } from "drizzle-orm";
import { assets } from "#db/schema/assets.ts";
import type { Deps } from "../deps.ts";
import { readCode } from "./code.ts";
import type { AssetRow } from "./connected.ts";

/** What codes a person typed mean in one agency's register: active assets, and what is none. */
export async function assetsByCode(
  deps: Pick<Deps, "db">,
  input: { readonly agency: string; readonly codes: readonly string[] },
): Promise<{ readonly found: readonly AssetRow[]; readonly unknown: readonly string[] }> {
  const typed = [...new Set(input.codes.map((code) => code.trim()).filter((code) => code !== ""))];
  const read = typed.map((text) => ({ text, code: readCode(text) }));
  const codes = read.flatMap(({ code }) => (code === null ? [] : [code]));
  const found =
    codes.length === 0
      ? []
      : await deps.db.orm
          .select()
          .from(assets)
          .where(
            and(
              eq(assets.agency, input.agency),
              eq(assets.status, "aktif"),
              inArray(assets.code, codes),
            ),
          )
          .orderBy(assets.code);
  const known = new Set(found.map(({ code }) => code));
  return {
    found,
    unknown: read.flatMap(({ text, code }) => (code !== null && known.has(code) ? [] : [text])),
  };
}
