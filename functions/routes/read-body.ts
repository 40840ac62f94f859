import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import type { AppContext } from "./app-env.ts";

/** The letter may have 10 MB; a little more is read so that the form can be shown again with a reason. */
export const SUBMISSION_BYTES_MAX = 12 * 1024 * 1024;
export const FORM_BYTES_MAX = 256 * 1024;

export interface SentForm {
  readonly values: FormValues;
  /** Files by field name; an empty file input counts as no file. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** A form as browsers send it (multipart or urlencoded), or the same values as a flat JSON object. */
export async function readForm(c: AppContext, bytesMax: number): Promise<SentForm> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim() ?? "";
  const bytes = await readBytes(c, bytesMax);
  switch (type) {
    case "application/json":
      return { values: valuesOfJson(bytes), files: new Map() };
    case "application/x-www-form-urlencoded":
    case "multipart/form-data":
      return formOf(c, bytes);
    default:
      throw new AppError("INPUT_MALFORMED", `content type ${type.slice(0, 60)}`);
  }
}

export async function readJson(c: AppContext, bytesMax: number): Promise<unknown> {
  return parse(await readBytes(c, bytesMax));
}

/** Reads at most `bytesMax`, whatever the length header says. */
async function readBytes(c: AppContext, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () =>
    new AppError("INPUT_FILE_TOO_LARGE", `body of more than ${bytesMax} bytes`);
  const told = c.req.header("content-length");
  if (Number(told ?? 0) > bytesMax) throw tooLarge();
  if (told !== undefined && c.req.header("transfer-encoding") === undefined) {
    // The server reads no further than it was told, and to read at once costs a fraction of a stream.
    const bytes = new Uint8Array(await c.req.raw.arrayBuffer());
    if (bytes.byteLength > bytesMax) throw tooLarge();
    return bytes;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of c.req.raw.body ?? []) {
    size += part.byteLength;
    if (size > bytesMax) throw tooLarge();
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

async function formOf(c: AppContext, bytes: Uint8Array<ArrayBuffer>): Promise<SentForm> {
  const headers = { "content-type": c.req.header("content-type") ?? "" };
  const form = await new Response(bytes, { headers }).formData().catch((cause: unknown) => {
    throw new AppError("INPUT_MALFORMED", "the form cannot be read", { cause });
  });
  const values: Record<string, string[]> = {};
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, value] of form) {
    if (typeof value === "string") values[name] = [...(values[name] ?? []), value];
    else if (value.name !== "" || value.size > 0) {
      files.set(name, new Uint8Array(await value.arrayBuffer()));
    }
  }
  return { values, files };
}

function valuesOfJson(bytes: Uint8Array): FormValues {
  const json = parse(bytes);
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    throw new AppError("INPUT_MALFORMED", "the body is not an object");
  }
  return Object.fromEntries(
    Object.entries(json).map(([name, value]): [string, string | string[]] => {
      if (Array.isArray(value)) return [name, value.map(textOf)];
      return [name, value === null ? "" : textOf(value)];
    }),
  );
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new AppError("INPUT_MALFORMED", "a value is neither text nor a list of texts");
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError("INPUT_MALFORMED", "the body is not JSON", { cause });
  }
}

export function one(values: FormValues, name: string): string {
  const value = values[name];
  return (typeof value === "string" ? value : (value?.[0] ?? "")).trim();
}

export function many(values: FormValues, name: string): readonly string[] {
  return [values[name] ?? []].flat();
}
