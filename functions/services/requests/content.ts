import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Statement } from "#db/client.ts";
import { requestContents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import { canonicalJson } from "#domain/trust/canonical.ts";
import { commitmentOf } from "#domain/trust/chain.ts";
import type { Field } from "#domain/workflow/form.ts";
import type { ContentRef } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";

/** One answer with the label it was given under, so that a later form cannot change its meaning. */
const Answer = z.strictObject({ name: z.string(), label: z.string(), value: z.string() });
export type Answer = z.infer<typeof Answer>;

const Content = z.strictObject({ v: z.literal(1), answers: z.array(Answer) });

/** Answers as people read them: labels of options instead of their values; empty ones left out. */
export function answersOf(
  fields: readonly Field[],
  values: Readonly<Record<string, string | readonly string[]>>,
): Answer[] {
  return fields.flatMap((field) => {
    if (field.type === "password") return [];
    const given = values[field.name];
    const list = given === undefined ? [] : typeof given === "string" ? [given] : given;
    const labelOf = (value: string): string =>
      field.options.find((option) => option.value === value)?.label ?? value;
    const value = list
      .filter((one) => one !== "")
      .map(labelOf)
      .join("; ");
    return value === "" ? [] : [{ name: field.name, label: field.label, value }];
  });
}

/** The reference for the event and the row that holds the words. */
export async function sealContent(
  deps: Pick<Deps, "db" | "newId" | "randomBytes">,
  input: {
    readonly request: string;
    readonly answers: readonly Answer[];
    readonly fingerprint?: string;
  },
): Promise<{ readonly ref: ContentRef; readonly statement: Statement }> {
  const id = deps.newId();
  const salt = Buffer.from(deps.randomBytes(16)).toString("hex");
  const json = canonicalJson({ v: 1, answers: [...input.answers] });
  return {
    ref: { id, commitment: await commitmentOf(salt, json) },
    statement: deps.db.orm.insert(requestContents).values({
      id,
      request: input.request,
      salt,
      json,
      fingerprint: input.fingerprint ?? null,
    }),
  };
}

/** All answers of a request by content id; an erased row is not there. INTERNAL where one was altered. */
export async function readContents(
  deps: Pick<Deps, "db">,
  request: string,
  refs: readonly ContentRef[],
): Promise<ReadonlyMap<string, readonly Answer[]>> {
  const rows = await deps.db.orm
    .select()
    .from(requestContents)
    .where(eq(requestContents.request, request));
  const contents = new Map<string, readonly Answer[]>();
  for (const ref of refs) {
    const row = rows.find((one) => one.id === ref.id);
    if (!row) continue;
    if ((await commitmentOf(row.salt, row.json)) !== ref.commitment) {
      throw new AppError("INTERNAL", `content ${ref.id} does not fit its commitment`);
    }
    contents.set(ref.id, readAnswers(row.json));
  }
  return contents;
}

export function readAnswers(json: string): readonly Answer[] {
  return Content.parse(JSON.parse(json)).answers;
}

export function answerOf(answers: readonly Answer[] | undefined, name: string): string | null {
  return answers?.find((answer) => answer.name === name)?.value ?? null;
}
