import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { logged } from "./admin-log.ts";
import { passwordProblem } from "./password-rules.ts";

/** Makes an account that holds no position yet. */
export async function createUser(
  deps: Pick<Deps, "accounts" | "db" | "now" | "newId">,
  input: {
    readonly email: string;
    readonly name: string;
    /** Null: the first password is set by a recovery link. */
    readonly password: string | null;
    /** Admin; null = by command. */
    readonly by?: string | null;
  },
): Promise<{ readonly person: string }> {
  const email = input.email.trim().toLowerCase();
  const name = input.name.trim();
  const { password, by = null } = input;
  const weak = password === null ? null : passwordProblem(password, { name, email });
  const problems = [
    ...(z.email().safeParse(email).success
      ? []
      : [{ field: "surel", pesan: "Tulis alamat surel lengkap, misalnya nama@dinas.go.id." }]),
    ...(name === "" ? [{ field: "nama", pesan: "Isi nama lengkap." }] : []),
    ...(weak ? [{ field: "sandi", pesan: weak }] : []),
  ];
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "account data", { problems });
  const person = deps.newId();
  await deps.accounts.create({ id: person, email, name, password, at: deps.now() });
  await deps.db.write([logged(deps, { by, act: "user_added", person })]);
  return { person };
}
