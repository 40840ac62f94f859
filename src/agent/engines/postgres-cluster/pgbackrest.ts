import { z } from "zod";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { Completed } from "../../process/host.ts";
import type { Cluster } from "./cluster.ts";

/** A backup of a large cluster takes hours. */
const TIMEOUT_MS = 24 * 60 * 60 * 1000;
/** What it says of a backup that it reads back is told by words, which older ones do not have. */
const VERSION_MIN = [2, 45] as const;
/** pgBackRest's own exit codes; what is not named leaves the caller's code. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  37: "ENGINE_UNSUPPORTED", // an option is missing in its settings
  44: "ENGINE_VERSION", // the stanza is of another server or version
  50: "ENGINE_BUSY", // another pgBackRest works on the stanza
  51: "ENGINE_VERSION",
  56: "ENGINE_CONNECT",
  58: "ENGINE_CONNECT",
  68: "ENGINE_UNSUPPORTED", // the server does not archive with pgBackRest
  87: "ENGINE_UNSUPPORTED", // the server does not archive
};

const Backup = z.object({
  label: z.string().min(1),
  error: z.boolean().nullable().default(false),
  info: z.object({
    size: z.int().positive(),
    repository: z.object({ delta: z.int().nonnegative() }),
  }),
  tablespace: z.array(z.unknown()).nullable().default(null),
});
export type PhysicalBackup = z.infer<typeof Backup>;
const Info = z.array(z.object({ backup: z.array(Backup).default([]) })).min(1);

/** Runs pgBackRest as the owner of the data. Its words name paths, so only codes leave this call. */
export async function pgbackrest(
  { target, asOwner, io }: Cluster,
  command: string,
  options: readonly string[],
  otherwise: ErrorCode,
  operands: readonly string[] = [],
): Promise<string> {
  const argv = [
    ...["pgbackrest", `--config=${target.berkasPgbackrest}`, `--stanza=${target.stanza}`],
    ...["--log-level-console=off", "--log-level-stderr=error"],
  ];
  const ended = await asOwner.run([...argv, ...options, command, ...operands], {
    signal: io.signal,
    timeoutMs: TIMEOUT_MS,
  });
  if (ended.code === 0) return ended.stdout;
  throw failureOf(command, ended, otherwise, io);
}

function failureOf(command: string, ended: Completed, otherwise: ErrorCode, io: Cluster["io"]) {
  if (io.signal.aborted) return new AppError("JOB_CANCELLED", "pgbackrest was called off");
  const detail = { tool: "pgbackrest", command, exitCode: ended.code, signal: ended.signal };
  io.log("pgBackRest failed", { ...detail, said: ended.stderr.slice(-2000) });
  // 127: the program that changes the account found none of that name.
  if (ended.code === 127) return new AppError("ENGINE_TOOL_MISSING", "no pgbackrest", { detail });
  return new AppError(CODES[ended.code ?? 0] ?? otherwise, "pgbackrest failed", { detail });
}

/** The version that is installed. ENGINE_VERSION where it is too old to be understood here. */
export async function toolVersion({ asOwner }: Cluster): Promise<string> {
  const { stdout } = await asOwner.run(["pgbackrest", "version"]);
  const version = /pgBackRest (\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1];
  if (version === undefined) {
    throw new AppError("ENGINE_TOOL_MISSING", "pgbackrest does not tell its version", {
      detail: { program: "pgbackrest" },
    });
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < VERSION_MIN[0] || (major === VERSION_MIN[0] && minor < VERSION_MIN[1])) {
    const detail = { program: "pgbackrest", tool: version, toolMin: VERSION_MIN.join(".") };
    throw new AppError("ENGINE_VERSION", "pgbackrest is too old", { detail });
  }
  return version;
}

/** Backups of the stanza, oldest first; with a label only that one, looked at more closely. */
export async function backupsIn(cluster: Cluster, label?: string): Promise<PhysicalBackup[]> {
  const set = label === undefined ? [] : [`--set=${label}`];
  const text = await pgbackrest(cluster, "info", [...set, "--output=json"], "ENGINE_CONNECT");
  try {
    return Info.parse(JSON.parse(text))[0]?.backup ?? [];
  } catch {
    throw new AppError("ENGINE_VERSION", "pgbackrest answers in another form than expected");
  }
}
