import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";

/** What a failed system call on the store means; what is not named is `otherwise`. */
const BY_ERRNO: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "VAULT_FULL",
  EDQUOT: "VAULT_FULL",
  EFBIG: "VAULT_FULL",
  EIO: "VAULT_UNREACHABLE",
  ENODEV: "VAULT_UNREACHABLE",
  ENOTCONN: "VAULT_UNREACHABLE",
  EHOSTDOWN: "VAULT_UNREACHABLE",
  ETIMEDOUT: "VAULT_UNREACHABLE",
  ESTALE: "VAULT_UNREACHABLE",
};

/** An error as it may cross the vault's border: no path, no bytes. */
export function objectError(action: string, error: unknown, otherwise: ErrorCode): AppError {
  if (isAppError(error)) return error;
  const errno = (error as NodeJS.ErrnoException).code ?? "unknown";
  // What zstd refuses was authenticated before: then the stream was sealed damaged.
  const code = errno.startsWith("ZSTD_") ? "VAULT_CORRUPT" : (BY_ERRNO[errno] ?? otherwise);
  return new AppError(code, `objects: ${action} failed with ${errno}`, {
    detail: { action, errno },
  });
}
