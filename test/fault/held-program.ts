/** Programs that stand before others of the same name, to make certain when a fault strikes. */
import { execFile } from "node:child_process";
import { access, chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";

/** A dump as it is recognised: other calls of its program are short questions. */
export interface DumpCall {
  readonly program: string;
  /** An option that stands in this call only. */
  readonly sign: string;
}

export interface ProgramBefore {
  /** To be found before the system's folders. */
  readonly folder: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HeldProgram extends ProgramBefore {
  /** Resolves when the program has written its first bytes and cannot write all of the others. */
  begun(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Does `body` (bash) in the place of every dump: `dump` runs the real one with its arguments, `$here`
 * is the folder. Whatever else the program is asked goes to the real one.
 */
export async function programBefore(call: DumpCall, body: string): Promise<ProgramBefore> {
  const dir = await tempDir();
  const real = (await promisify(execFile)("which", [call.program])).stdout.trim();
  await scriptNamed(
    join(dir.path, call.program),
    [
      "set -o pipefail",
      `here=${dir.path}`,
      `case " $* " in *" ${call.sign}"*) ;; *) exec ${real} "$@" ;; esac`,
      'args=("$@")',
      `dump() { ${real} "\${args[@]}"; }`,
      body,
    ].join("\n"),
  );
  return { folder: dir.path, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

/** A dump whose output is held back behind its first bytes until it is released. */
export async function heldProgram(call: DumpCall, bytes = 100_000): Promise<HeldProgram> {
  const before = await programBefore(
    call,
    `dump | { head -c ${bytes}; : > $here/begun; until [ -e $here/go ]; do sleep 0.05; done; cat; }`,
  );
  const { folder } = before;
  const isThere = (name: string) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    );
  return {
    ...before,
    begun: () => eventually("the dump writes", () => isThere("begun"), 120_000),
    release: () => writeFile(join(folder, "go"), ""),
  };
}

export async function scriptNamed(path: string, body: string): Promise<void> {
  await writeFile(path, `#!/bin/bash\n${body}\n`);
  await chmod(path, 0o755);
}

/** Programs by which the agent waits for a second where it would wait for a minute. */
export async function boundsShortened(id: "postgres" | "mariadb", folder: string): Promise<void> {
  const real = async (name: string) => (await promisify(execFile)("which", [name])).stdout.trim();
  const [client, bound] =
    id === "postgres"
      ? ["psql", "s/lock_timeout = '60s'/lock_timeout = '1s'/"]
      : ["mariadb", "s/lock_wait_timeout = 20/lock_wait_timeout = 1/"];
  await scriptNamed(
    join(folder, client),
    // The client itself is what ends, not what alters its questions.
    `exec 3<&0\nexec ${await real(client)} "$@" < <(exec sed -u "${bound}" <&3 2>/dev/null) 3<&-`,
  );
  if (id !== "postgres") return;
  await scriptNamed(
    join(folder, "pg_dump"),
    `for one; do shift; [ "$one" = --lock-wait-timeout=60s ] && one=--lock-wait-timeout=1s
       set -- "$@" "$one"; done\nexec ${await real("pg_dump")} "$@"`,
  );
}
