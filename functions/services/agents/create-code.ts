import { createHash } from "node:crypto";
import { enrollCodes } from "#db/schema/agents.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

const VALID_MS = 60 * 60_000;
const ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

/** A one-time code for one agent, an hour long. Returned once; only its hash is kept. */
export async function createCode(
  deps: Pick<Deps, "db" | "catalog" | "now" | "randomBytes">,
  input: { readonly agencies: readonly string[] },
): Promise<{ readonly code: string; readonly expiresAt: string; readonly agencies: string[] }> {
  const unknown = input.agencies.find((id) => !deps.catalog.agencies.has(id));
  if (unknown !== undefined) {
    throw new AppError("INPUT_INVALID", "unknown agency", {
      problems: [
        { field: "instansi", pesan: "Instansi tidak ada. Pilih id dari content/instansi." },
      ],
    });
  }
  const agencies =
    input.agencies.length > 0 ? [...input.agencies] : [...deps.catalog.agencies.keys()];
  // 20 characters of 30: 98 bits.
  const code = Array.from(deps.randomBytes(20), (byte) => ALPHABET.charAt(byte % ALPHABET.length))
    .join("")
    .replace(/(.{5})(?=.)/g, "$1-");
  const now = deps.now();
  const expiresAt = new Date(now.getTime() + VALID_MS).toISOString();
  await deps.db.orm.insert(enrollCodes).values({
    hash: hashOfCode(code),
    agencies,
    createdAt: now.toISOString(),
    expiresAt,
  });
  return { code, expiresAt, agencies };
}

export function hashOfCode(code: string): string {
  const typed = code.toUpperCase().replace(/[\s-]/g, "");
  return createHash("sha256").update(typed).digest("hex");
}
