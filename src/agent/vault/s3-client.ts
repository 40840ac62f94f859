import { Agent } from "node:https";
import { S3Client } from "@aws-sdk/client-s3";
import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";
import type { VaultConfig } from "../config.ts";
import { readCredentials, readKeyFile } from "./credentials.ts";

export type S3Config = Extract<VaultConfig, { jenis: "objects-s3" }>;

const CONNECT_TIMEOUT_MS = 20_000;
/** Without a byte in either direction. */
const IDLE_TIMEOUT_MS = 120_000;
const ATTEMPTS = 4;
/** The client asks for credentials again some minutes before they end, so a changed file counts soon. */
const CREDENTIALS_HOLD_MS = 10 * 60_000;

export async function openS3Client(config: S3Config): Promise<S3Client> {
  const { berkasCa } = config;
  const ca =
    berkasCa === null
      ? undefined
      : await readKeyFile(berkasCa, "the file of the certificate authority");
  return new S3Client({
    endpoint: config.alamat,
    region: config.wilayah,
    forcePathStyle: config.gayaJalur,
    maxAttempts: ATTEMPTS,
    credentials: async () => {
      const found = await readCredentials(config.berkasKredensial, [
        "aws_access_key_id",
        "aws_secret_access_key",
      ]);
      return {
        accessKeyId: found.aws_access_key_id,
        secretAccessKey: found.aws_secret_access_key,
        expiration: new Date(Date.now() + CREDENTIALS_HOLD_MS),
      };
    },
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpsAgent: new Agent({ keepAlive: true, maxSockets: 8, ...(ca && { ca }) }),
    },
  });
}

interface Answer {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const BY_NAME: Readonly<Record<string, ErrorCode>> = {
  InvalidAccessKeyId: "VAULT_CREDENTIALS",
  SignatureDoesNotMatch: "VAULT_CREDENTIALS",
  AccessDenied: "VAULT_CREDENTIALS",
  NoSuchBucket: "VAULT_UNREACHABLE",
  QuotaExceeded: "VAULT_FULL",
  XMinioStorageFull: "VAULT_FULL",
  InsufficientStorage: "VAULT_FULL",
};
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "VAULT_CREDENTIALS",
  403: "VAULT_CREDENTIALS",
  507: "VAULT_FULL",
};

export function statusOf(error: unknown): number | undefined {
  return (error as Answer).$metadata?.httpStatusCode;
}

/** True where the store says that there is no such object, and not that there is no bucket. */
export function isAbsent(error: unknown): boolean {
  const { name } = error as Answer;
  return name === "NoSuchKey" || (name === "NotFound" && statusOf(error) === 404);
}

/** An error as it may cross the vault's border: neither names nor keys. What is not named is `otherwise`. */
export function s3Error(action: string, error: unknown, otherwise: ErrorCode): AppError {
  if (isAppError(error)) return error;
  const { name = "unknown" } = error as Answer;
  const status = statusOf(error);
  // Without an answer the store was not reached, whatever the network's word for it is.
  const code =
    status === undefined
      ? "VAULT_UNREACHABLE"
      : (BY_NAME[name] ?? BY_STATUS[status] ?? (status >= 500 ? "VAULT_UNREACHABLE" : otherwise));
  return new AppError(code, `s3: ${action} failed with ${name}`, {
    detail: { action, name, status: status ?? null },
  });
}
