import { eq } from "drizzle-orm";
import { signers } from "#db/schema/people.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

export interface SetSignerInput {
  readonly person: string;
  /** 18 digits; spaces do not matter. Empty: none. */
  readonly nip: string;
  /** Pangkat/golongan, as it is printed. Empty: none. */
  readonly rank: string;
  /** 16 digits. Undefined or empty: what is stored stays; null: it is taken away. */
  readonly nik?: string | null | undefined;
  /** Who changes it, for the log. */
  readonly by: string;
}

const RANK_MAX = 100;

/** What letters print under a person's signature, and by what a certified signature is asked for. */
export async function setSigner(
  deps: Pick<Deps, "db" | "nikSeal" | "log">,
  input: SetSignerInput,
): Promise<void> {
  const nip = digitsOf(input.nip);
  const nik = input.nik === null ? null : digitsOf(input.nik ?? "");
  const rank = input.rank.trim();
  const problems: FieldProblem[] = [];
  if (nip !== "" && !/^\d{18}$/.test(nip)) {
    problems.push({ field: "nip", pesan: "NIP terdiri atas 18 angka. Periksa, lalu isi lagi." });
  }
  if (nik !== null && nik !== "" && !/^\d{16}$/.test(nik)) {
    problems.push({ field: "nik", pesan: "NIK terdiri atas 16 angka. Periksa, lalu isi lagi." });
  }
  if (rank.length > RANK_MAX) {
    problems.push({ field: "pangkat", pesan: "Pangkat paling panjang 100 huruf. Ringkas isinya." });
  }
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "signer data", { problems });

  const shown = { nip: nip === "" ? null : nip, rank: rank === "" ? null : rank };
  const sealed =
    nik === "" ? {} : { sealedNik: nik === null ? null : deps.nikSeal.seal(input.person, nik) };
  await deps.db.orm
    .insert(signers)
    .values({ person: input.person, ...shown, ...sealed })
    .onConflictDoUpdate({ target: signers.person, set: { ...shown, ...sealed } });
  deps.log("signer changed", {
    person: input.person,
    by: input.by,
    nik: nik === "" ? "kept" : nik === null ? "removed" : "set",
  });
}

/** For the form: whether a NIK is stored, never which. */
export async function readSigner(
  deps: Pick<Deps, "db">,
  person: string,
): Promise<{ readonly nip: string; readonly rank: string; readonly hasNik: boolean }> {
  const [row] = await deps.db.orm.select().from(signers).where(eq(signers.person, person));
  return { nip: row?.nip ?? "", rank: row?.rank ?? "", hasNik: (row?.sealedNik ?? null) !== null };
}

function digitsOf(typed: string): string {
  return typed.replace(/[\s.-]/g, "");
}
