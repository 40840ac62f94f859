import { join, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { LEASE_MS, LOST_AFTER_MS, POLL_HOLD_MS } from "#protocol/v1.ts";
import type { SignerSettings } from "./signing/open-signer.ts";

const flag = z.enum(["0", "1"]).transform((value) => value === "1");
const count = z.coerce.number().int().positive();
const ms = z.coerce.number().int().nonnegative();

const Env = z.object({
  /** Folder of database, uploads and keys. */
  PULIH_DATA: z.string().min(1).default("data"),
  PULIH_DATABASE_URL: z.string().min(1).optional(),
  PULIH_DATABASE_TOKEN: z.string().min(1).optional(),
  PULIH_HOST: z.string().min(1).default("127.0.0.1"),
  PULIH_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Address under which people reach the portal; default: host and port. */
  PULIH_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .transform((url) => new URL(url).origin)
    .optional(),
  /** Under cookies and tracking codes; default: made once in the data folder. */
  PULIH_SECRET: z.string().min(32).optional(),
  /** 1 = letters are marked CONTOH, and pages say that they are a sample. */
  PULIH_CONTOH: flag.default(false),
  /** 1 = the client's address is the last one in X-Forwarded-For. */
  PULIH_TRUST_PROXY: flag.default(false),
  PULIH_CONTENT: z.string().min(1).default("content"),
  PULIH_DIST: z.string().min(1).default("dist"),
  PULIH_POLL_HOLD_MS: ms.default(POLL_HOLD_MS),
  PULIH_LEASE_MS: ms.default(LEASE_MS),
  PULIH_LOST_AFTER_MS: ms.default(LOST_AFTER_MS),
  /** Attempts from one address: sign-ins in 15 minutes, the others in one hour. */
  PULIH_LIMIT_SIGN_IN: count.default(20),
  PULIH_LIMIT_SUBMIT: count.default(30),
  PULIH_LIMIT_TRACK: count.default(300),
  PULIH_LIMIT_ENROLL: count.default(20),
  PULIH_LIMIT_FEEDBACK: count.default(30),
  /** A session that is not used this long has ended; used or not it ends after the hours (a cookie lives 400 days at most). */
  PULIH_SESSION_IDLE_MINUTES: count.default(30),
  PULIH_SESSION_HOURS: count.max(9600).default(8),
  /** How letters are signed; without it they are made unsigned. local-test signs with its own CA and says CONTOH. */
  PULIH_TTE: z.enum(["local-test", "bsre-v1"]).optional(),
  /** The agency's BSrE client service. */
  PULIH_BSRE_URL: z.url({ protocol: /^https?$/ }).optional(),
  PULIH_BSRE_USER: z.string().min(1).optional(),
  PULIH_BSRE_PASSWORD: z.string().min(1).optional(),
  /** smtp:// or smtps:// with account; without it no mail is sent. */
  PULIH_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  PULIH_MAIL_FROM: z.string().min(3).optional(),
  /** Addresses that are told of every change, separated by spaces. */
  PULIH_WEBHOOKS: z
    .string()
    .transform((value) => value.split(/\s+/).filter((url) => url !== ""))
    .pipe(z.array(z.url({ protocol: /^https?$/ })))
    .default([]),
  /** whsec_… as in Standard Webhooks. */
  PULIH_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=]{32,}$/)
    .optional(),
  /** The agency's own sign-in service. */
  PULIH_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  PULIH_OIDC_CLIENT: z.string().min(1).optional(),
  PULIH_OIDC_SECRET: z.string().min(1).optional(),
  /** What stands on the button. */
  PULIH_OIDC_NAME: z.string().min(1).default("akun instansi"),
});

/** Everything that may be set, resolved once and handed on; nothing else reads the environment. */
export interface Settings {
  readonly data: string;
  readonly databaseUrl: string;
  readonly databaseToken: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Null: made from host and the port that was really taken. */
  readonly origin: string | null;
  readonly secret: string | null;
  readonly sample: boolean;
  readonly trustProxy: boolean;
  readonly content: string;
  readonly dist: string;
  readonly pollHoldMs: number;
  readonly leaseMs: number;
  readonly lostAfterMs: number;
  readonly limits: Limits;
  readonly session: { readonly idleMs: number; readonly wholeMs: number };
  readonly signing: SignerSettings | null;
  readonly mail: MailSettings | null;
  readonly webhooks: WebhookSettings | null;
  readonly oidc: OidcSettings | null;
}

export interface MailSettings {
  readonly smtpUrl: string;
  readonly from: string;
}

export interface WebhookSettings {
  readonly urls: readonly string[];
  readonly secret: string;
}

export interface OidcSettings {
  readonly issuer: string;
  readonly client: string;
  readonly secret: string;
  readonly name: string;
}

export interface Limits {
  readonly signIn: number;
  readonly submit: number;
  readonly track: number;
  readonly enroll: number;
  readonly feedback: number;
}

/** Reads PULIH_*; an empty variable counts as not set. Throws INPUT_CONFIG with every one to mend. */
export function readSettings(
  variables: Readonly<Record<string, string | undefined>>,
  root: string,
): Settings {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([name, value]) => name.startsWith("PULIH_") && value !== ""),
  );
  const parsed = Env.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      field: issue.path.join("."),
      pesan: "Nilai pengaturan ini tidak dapat dipakai. Baca panduan operator.",
    }));
    const names = problems.map((problem) => problem.field).join(", ");
    throw new AppError("INPUT_CONFIG", names, { problems });
  }
  const env = parsed.data;
  const data = resolve(root, env.PULIH_DATA);
  return {
    data,
    databaseUrl: env.PULIH_DATABASE_URL ?? `file:${join(data, "pulih.db")}`,
    databaseToken: env.PULIH_DATABASE_TOKEN,
    host: env.PULIH_HOST,
    port: env.PULIH_PORT,
    origin: env.PULIH_ORIGIN ?? null,
    secret: env.PULIH_SECRET ?? null,
    sample: env.PULIH_CONTOH,
    trustProxy: env.PULIH_TRUST_PROXY,
    content: resolve(root, env.PULIH_CONTENT),
    dist: resolve(root, env.PULIH_DIST),
    pollHoldMs: env.PULIH_POLL_HOLD_MS,
    leaseMs: env.PULIH_LEASE_MS,
    lostAfterMs: env.PULIH_LOST_AFTER_MS,
    limits: {
      signIn: env.PULIH_LIMIT_SIGN_IN,
      submit: env.PULIH_LIMIT_SUBMIT,
      track: env.PULIH_LIMIT_TRACK,
      enroll: env.PULIH_LIMIT_ENROLL,
      feedback: env.PULIH_LIMIT_FEEDBACK,
    },
    session: {
      idleMs: env.PULIH_SESSION_IDLE_MINUTES * 60_000,
      wholeMs: env.PULIH_SESSION_HOURS * 3_600_000,
    },
    ...edgesOf(env),
  };
}

/** What is set in groups: one name of a group without the others is a mistake to be told. */
function edgesOf(
  env: z.infer<typeof Env>,
): Pick<Settings, "signing" | "mail" | "webhooks" | "oidc"> {
  const bsre = group(env, ["PULIH_BSRE_URL", "PULIH_BSRE_USER", "PULIH_BSRE_PASSWORD"]);
  const mail = group(env, ["PULIH_SMTP_URL", "PULIH_MAIL_FROM"]);
  const oidc = group(env, ["PULIH_OIDC_ISSUER", "PULIH_OIDC_CLIENT", "PULIH_OIDC_SECRET"]);
  if (env.PULIH_TTE === "bsre-v1" && !bsre) throw incomplete(["PULIH_BSRE_URL"]);
  const { PULIH_WEBHOOKS: urls, PULIH_WEBHOOK_SECRET: secret } = env;
  if (urls.length > 0 && !secret) throw incomplete(["PULIH_WEBHOOK_SECRET"]);
  return {
    signing:
      env.PULIH_TTE === "bsre-v1" && bsre
        ? { adapter: "bsre-v1", url: bsre[0], user: bsre[1], password: bsre[2] }
        : env.PULIH_TTE === "local-test"
          ? { adapter: "local-test" }
          : null,
    mail: mail && { smtpUrl: mail[0], from: mail[1] },
    webhooks: urls.length > 0 && secret ? { urls, secret } : null,
    oidc: oidc && { issuer: oidc[0], client: oidc[1], secret: oidc[2], name: env.PULIH_OIDC_NAME },
  };
}

/** The values of settings that belong together, null where none is set. */
function group<const Names extends readonly (keyof z.infer<typeof Env>)[]>(
  env: z.infer<typeof Env>,
  names: Names,
): { [Name in keyof Names]: string } | null {
  const missing = names.filter((name) => env[name] === undefined);
  if (missing.length === names.length) return null;
  if (missing.length > 0) throw incomplete(missing);
  return names.map((name) => env[name]) as { [Name in keyof Names]: string };
}

function incomplete(names: readonly string[]): AppError {
  return new AppError("INPUT_CONFIG", names.join(", "), {
    problems: names.map((field) => ({
      field,
      pesan:
        "Pengaturan ini harus diisi bersama pengaturan lain sekelompoknya. Baca panduan operator.",
    })),
  });
}
