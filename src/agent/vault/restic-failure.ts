import type { ErrorCode } from "#domain/errors.ts";

/** What restic's ending means; null where its words are not known. */
export type ResticFailure = ErrorCode | "NO_REPOSITORY" | null;

/** Versions from 0.17 on tell these apart by exit code; older ones end with 1 and words. */
const BY_EXIT_CODE: Readonly<Record<number, ResticFailure>> = {
  10: "NO_REPOSITORY",
  11: "VAULT_LOCKED",
  12: "VAULT_CREDENTIALS",
};

/** First match wins: a full or unreachable store shows secondary errors that look like damage. */
const BY_WORDS: readonly (readonly [RegExp, ResticFailure])[] = [
  // The agent ended it; what it was doing then says nothing.
  [/context canceled/i, null],
  // Whatever it could not open, its own want is the cause.
  [/too many open files|cannot allocate memory|resource temporarily unavailable/i, null],
  [
    /no space left on device|quota exceeded|insufficient storage|HTTP response \(507\)/i,
    "VAULT_FULL",
  ],
  [/wrong password or no key found|resolving password failed|empty password/i, "VAULT_CREDENTIALS"],
  [/host key verification failed|host identification has changed/i, "SSH_HOST_KEY"],
  [/subprocess ssh: .*permission denied \(/i, "VAULT_CREDENTIALS"],
  [
    /access denied|access key id you provided|signature we calculated does not match|invalidaccesskeyid|signaturedoesnotmatch|\b40[13] (unauthorized|forbidden)|unexpected HTTP response \(40[13]\)/i,
    "VAULT_CREDENTIALS",
  ],
  [/already locked/i, "VAULT_LOCKED"],
  [
    /connection refused|connection reset|no such host|could not resolve|no route to host|network is unreachable|i\/o timeout|context deadline exceeded|tls: |x509: |unable to start the sftp session|unexpected HTTP response \(5\d\d\)/i,
    "VAULT_UNREACHABLE",
  ],
  [
    /(unable to open config file|repository does not exist): .*(no such file or directory|does not exist|key does not exist|\(404\))/i,
    "NO_REPOSITORY",
  ],
  [/snapshot is empty|no data read/i, "ENGINE_DUMP_INCOMPLETE"],
  [
    /no matching id found|no snapshot found|not found in snapshot|failed to find snapshot: .*(no such file|does not exist)/i,
    "VAULT_BACKUP_UNKNOWN",
  ],
  [/unable to open (repository|config file)/i, "VAULT_UNREACHABLE"],
  [
    /ciphertext verification failed|invalid data returned|hash mismatch|hash does not match|unexpected eof|readfull\(|not found in (repository|index)|cannot dump file: load|repository contains errors|is damaged/i,
    "VAULT_CORRUPT",
  ],
];

/** A store that takes new files but lets none be deleted: append-only, or without the right to. */
const DELETION_REFUSED =
  /blob not removed, server response: (40[135]|.*\(40[135]\))|(unable to remove|remove\(.*\) returned error)[^\n]*\n?[^\n]*(access denied|forbidden|permission denied|operation not permitted|read-only file system)/i;

/** True where the store refused to delete, whatever the exit code says. Pure. */
export function isDeletionRefused(stderr: string): boolean {
  return DELETION_REFUSED.test(stderr);
}

/**
 * Reads an exit code and what stands on stderr. Pure; shown by a table of recorded endings.
 * `isGivenUp`: restic was still trying, and what it tried against is the reason.
 */
export function classifyRestic(
  code: number | null,
  stderr: string,
  isGivenUp = false,
): ResticFailure {
  const byExitCode = code === null ? undefined : BY_EXIT_CODE[code];
  if (byExitCode !== undefined) return byExitCode;
  // A retry that helped in the end is no failure; of one given up on, the being ended is no reason.
  const noReason = isGivenUp ? "context canceled" : "returned error, retrying after";
  const words = stderr
    .split("\n")
    .filter((line) => !line.includes(noReason))
    .join("\n");
  return BY_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}
