import { invariant } from "#domain/errors.ts";
import { quote, quoteAll } from "./quote.ts";

/**
 * Runs on the server before the program, in the same process:
 * - says on stderr that the program is missing, or its process id, which is the id of its group too
 *   (sshd gives each command a session of its own), so that the group can be ended later
 * - binds the program's life to its parent, the sshd of this connection: connection lost, program
 *   killed
 */
const PRELUDE = [
  "cd /",
  "PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "export PATH",
  'command -v -- "$1" >/dev/null 2>&1 || { echo pulih-missing >&2; exit 127; }',
  "shift",
  "leash=",
  'command -v setpriv >/dev/null 2>&1 && leash="setpriv --pdeathsig KILL --"',
  'echo "pulih-started $$" >&2',
  'exec $leash env LANG=C.UTF-8 LC_ALL=C.UTF-8 "$@"',
].join("\n");

export type Announcement =
  | { readonly kind: "started"; readonly pid: number; readonly rest: string }
  | { readonly kind: "missing" };

/** The command line for sshd, whatever login shell reads it. */
export function remoteCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): string {
  const [program = ""] = argv;
  invariant(program !== "" && !program.includes("="), "the program's name is no name");
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return `exec sh -c ${quote(PRELUDE)} pulih ${quoteAll([program, ...settings, ...argv])}`;
}

export function killCommand(pid: number, signal: "SIGTERM" | "SIGKILL"): string {
  return `exec sh -c ${quote('kill -s "$1" -- "-$2"')} pulih ${signal.slice(3)} ${pid}`;
}

/** Finds what PRELUDE said in the first bytes of stderr; null while it has not said it. */
export function announcementIn(stderr: string): Announcement | null {
  const found = /^pulih-(?:missing|started (\d+))\n/m.exec(stderr);
  if (found === null) return null;
  const [line, pid] = found;
  if (pid === undefined) return { kind: "missing" };
  return { kind: "started", pid: Number(pid), rest: stderr.slice(found.index + line.length) };
}
