import { readAsset } from "#domain/assets/asset.ts";
import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import type { Deps } from "../deps.ts";
import { registerAsset } from "./register.ts";

/** Enters an asset from answers as typed; INPUT_INVALID tells what to mend. */
export async function addAsset(
  deps: Pick<Deps, "db" | "catalog" | "now" | "newId" | "randomBytes">,
  input: {
    readonly agency: string;
    readonly values: FormValues;
    readonly by: string;
    /** Targets that may be connected; null = any, since the agent may come later. */
    readonly aliases?: readonly string[] | null;
  },
): Promise<{ readonly code: string }> {
  const { agency, by } = input;
  const { facts, problems } = readAsset(input.values, input.aliases ?? null);
  const unknown = deps.catalog.agencies.has(agency)
    ? []
    : [{ field: "instansi", pesan: "Instansi tidak ada. Pilih id dari content/instansi." }];
  if (!facts || unknown.length > 0) {
    throw new AppError("INPUT_INVALID", "asset data", { problems: [...unknown, ...problems] });
  }
  const { code } = await registerAsset(deps, { agency, facts, by });
  return { code };
}
