import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { PASSWORD_LENGTH_MIN } from "./accounts.ts";

/** Makes an account that holds no position yet. */
export async function createUser(
  deps: Pick<Deps, "accounts" | "now" | "newId">,
  input: { readonly email: string; readonly name: string; readonly password: string },
): Promise<{ readonly person: string }> {
  const email = input.email.trim().toLowerCase();
  const name = input.name.trim();
  const problems = [
    ...(z.email().safeParse(email).success
      ? []
      : [{ field: "surel", pesan: "Tulis alamat surel lengkap, misalnya nama@dinas.go.id." }]),
    ...(name === "" ? [{ field: "nama", pesan: "Isi nama lengkap." }] : []),
    ...(input.password.length < PASSWORD_LENGTH_MIN
      ? [{ field: "sandi", pesan: `Kata sandi paling sedikit ${PASSWORD_LENGTH_MIN} huruf.` }]
      : []),
  ];
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "account data", { problems });
  const person = deps.newId();
  await deps.accounts.create({ id: person, email, name, password: input.password, at: deps.now() });
  return { person };
}
