/**
 * The client service of BSrE that an agency runs on its own server, version 1: REST with Basic auth.
 * A passphrase goes straight into the one call that needs it. Nothing here tries again by itself: a
 * call whose answer was lost may have been counted, and wrong passphrases lock an account.
 */
import { z } from "zod";
import { AppError, ERRORS, type ErrorCode } from "#domain/errors.ts";
import type { Signer, SignerStatus, SignInput } from "./signer.ts";
import { soundlySigned, verified } from "./soundly-signed.ts";

export interface BsreSettings {
  /** Base address, without /api. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Milliseconds for one call; signing may be slow. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
const NOT_REGISTERED = new Set(["1110", "2011"]);
const WRONG_PASSPHRASE = "2031";
const ISSUED = "1111";
const ENDED = new Set(["EXPIRED", "REVOKE", "REVOKED", "SUSPEND", "RENEW"]);

const Told = z.object({
  status_code: z.coerce.string().optional(),
  status: z.coerce.string().optional(),
});

/** The judgement on a signed file; `summary` is null where the service found no signature. */
const Judged = z.object({ jumlah_signature: z.number(), summary: z.string().nullable() });
const VALID = /^DOCUMENT VALID\b/;

/** What came back: the status and the whole body, or null for a body that was cut short. */
interface Answer {
  readonly status: number;
  readonly documentId: string | null;
  readonly body: Uint8Array | null;
}

export function bsreSigner(settings: BsreSettings): Signer {
  const call = caller(settings);

  const status: Signer["status"] = async ({ nik }) => {
    if (nik === null) return unready("not-registered", "SIGN_IDENTITY");
    return statusFrom(await call(`/api/user/status/${encodeURIComponent(nik)}`).catch(() => null));
  };

  return {
    name: "bsre-v1",
    passphrase: true,
    status,
    async sign(input) {
      const { identity, passphrase } = input;
      if (identity.nik === null) throw new AppError("SIGN_IDENTITY", "no NIK is stored");
      if (passphrase === null || passphrase === "") {
        throw new AppError("SIGN_PASSPHRASE", "no passphrase was typed");
      }
      const answer = await call("/api/sign/pdf", signForm(input, identity.nik, passphrase));
      const code = refusalOf(answer);
      if (code === "SIGN_REFUSED") {
        // The service has no code for a certificate that ran out; its status call has.
        const now = await status(identity);
        throw refused(now.state === "expired" ? now.code : code, answer);
      }
      if (code) throw refused(code, answer);
      if (isPdf(answer.body)) return soundlySigned(answer.body);
      if (answer.documentId === null) throw refused("SIGN_UNREACHABLE", answer);
      // Signed, but the file did not arrive whole. It may be fetched once.
      const path = `/api/sign/download/${encodeURIComponent(answer.documentId)}`;
      const again = await call(path);
      if (again.status !== 200 || !isPdf(again.body)) throw refused("SIGN_UNREACHABLE", again);
      return soundlySigned(again.body);
    },
    async verify(pdf) {
      const found = await verified(pdf);
      if (found.signatures.length === 0) return found;
      const form = new FormData();
      form.set("signed_file", fileOf(pdf), "surat.pdf");
      const answer = await call("/api/sign/verify", form);
      const judged = answer.status === 200 ? jsonOf(answer, Judged) : null;
      if (!judged) throw refused("SIGN_UNREACHABLE", answer);
      // The bytes are compared here, the chain of certificates there: both must hold.
      const valid = found.valid && VALID.test(judged.summary ?? "");
      return { ...found, valid };
    },
  };
}

/** One call. Throws SIGN_UNREACHABLE where no answer came; the cause is left out, it may hold a NIK. */
function caller(settings: BsreSettings): (path: string, form?: FormData) => Promise<Answer> {
  const base = settings.url.replace(/\/+$/, "");
  const account = Buffer.from(`${settings.user}:${settings.password}`).toString("base64");
  return async (path, form) => {
    const response = await fetch(base + path, {
      method: form ? "POST" : "GET",
      body: form ?? null,
      headers: { authorization: `Basic ${account}`, connection: "close" },
      // Account and passphrase are for this server only.
      redirect: "error",
      signal: AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS),
    }).catch((error: unknown) => {
      const kind = error instanceof Error ? error.name : "unknown";
      throw new AppError("SIGN_UNREACHABLE", `no answer: ${kind}`);
    });
    return {
      status: response.status,
      documentId: response.headers.get("id_dokumen"),
      body: await wholeBody(response),
    };
  };
}

async function wholeBody(response: Response): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > ANSWER_BYTES_MAX) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function signForm({ pdf, reason }: SignInput, nik: string, passphrase: string): FormData {
  const form = new FormData();
  form.set("file", fileOf(pdf), "surat.pdf");
  form.set("nik", nik);
  form.set("passphrase", passphrase);
  form.set("tampilan", "invisible");
  form.set("reason", reason);
  return form;
}

function fileOf(pdf: Uint8Array): Blob {
  return new Blob([new Uint8Array(pdf)], { type: "application/pdf" });
}

/** Null: not refused. Codes before HTTP status, since services differ in the latter. */
function refusalOf(answer: Answer): ErrorCode | null {
  const code = toldBy(answer)?.status_code;
  if (code === WRONG_PASSPHRASE) return "SIGN_PASSPHRASE";
  if (code !== undefined && NOT_REGISTERED.has(code)) return "SIGN_NOT_REGISTERED";
  if (answer.status === 200) return code === undefined ? null : "SIGN_REFUSED";
  return answer.status >= 400 && answer.status < 500 ? "SIGN_REFUSED" : "SIGN_UNREACHABLE";
}

function statusFrom(answer: Answer | null): SignerStatus {
  const told = answer && toldBy(answer);
  if (!told?.status_code) return unready("unreachable", "SIGN_UNREACHABLE");
  if (told.status_code === ISSUED) return { state: "ready" };
  if (ENDED.has(told.status?.toUpperCase() ?? "")) return unready("expired", "SIGN_EXPIRED");
  return unready("not-registered", "SIGN_NOT_REGISTERED");
}

function unready(
  state: "not-registered" | "expired" | "unreachable",
  code: ErrorCode,
): SignerStatus {
  return { state, code, pesan: ERRORS[code].pesan };
}

/** The codes in an answer; its words stay out of logs and pages, since nobody knows what they repeat. */
function toldBy(answer: Answer): z.infer<typeof Told> | null {
  return jsonOf(answer, Told);
}

function jsonOf<T>({ body }: Answer, schema: z.ZodType<T>): T | null {
  if (!body || body.length > 64 * 1024) return null;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(body).toString("utf8"))).data ?? null;
  } catch {
    return null;
  }
}

function refused(code: ErrorCode, answer: Answer): AppError {
  const told = toldBy(answer)?.status_code?.replace(/\D/g, "").slice(0, 6);
  return new AppError(code, `answer ${answer.status}${told ? `, code ${told}` : ""}`);
}

function isPdf(body: Uint8Array | null): body is Uint8Array {
  return body !== null && Buffer.from(body.subarray(0, 5)).toString("latin1") === "%PDF-";
}
