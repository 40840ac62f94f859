/**
 * Whole servers with users, and programs of theirs that fail in known ways: a PostgreSQL cluster with
 * pgBackRest, a MariaDB server with mariabackup. What differs between them stands here.
 */
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { type ClusterServer, clusterTarget, clusterTemplate } from "#support/cluster.ts";
import { eventually } from "#support/eventually.ts";
import { type MariadbFiles, mariadbServerTarget, mariadbTemplate } from "#support/mariadb-files.ts";
import type { TestTarget } from "#support/work-context.ts";

const run = promisify(execFile);

/** Text of shell scripts, by the name of the program in whose place they stand. */
export type Scripts = Readonly<Record<string, string>>;

export interface WholeServer {
  readonly dir: string;
  readonly target: TestTarget;
  /** Passwords and marked rows. */
  readonly secrets: readonly string[];
  /** Target with an account that the server refuses, which its log tells of. */
  readonly refused: TestTarget;
  /** Target with a socket at which nobody listens. */
  readonly silent: TestTarget;
  /** How often the server has refused somebody. */
  refusals(): Promise<number>;
  /** What users read. */
  read(): Promise<string>;
  /** A user who stays connected and waits; settles when he is sent away. */
  sit(): Promise<unknown>;
  /** One user's write; rejects where users are kept out. */
  write(row: number): Promise<void>;
  /** Rows that were written by `write`, of the live data; and how an engine is asked for them. */
  written(): Promise<number[]>;
  readonly askWritten: string;
  damage(): Promise<void>;
  crash(): Promise<void>;
  /** Starts the service where it is not up. */
  up(): Promise<void>;
  /** Copies and sockets beside the live data, and programs that stand in for others. */
  remains(): Promise<string[]>;
  /** What the tool's own repository holds, where it has one. */
  stored(): Promise<string[]>;
  /** Takes away of the tool's own repository what was not there then. */
  forgetBut(stored: readonly string[]): Promise<void>;
  /** A folder with scripts that are found before the programs. */
  programs(scripts: Scripts): Promise<string>;
  /** The server is killed while its files are being copied. */
  readonly dying: Scripts;
  /** Programs that report success for less than a backup. */
  readonly lying: Readonly<Record<string, Scripts>>;
  /** Programs that tell another version than the server's. */
  readonly strange: Scripts;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface WholeServerKind {
  readonly id: "postgres-cluster" | "mariadb-server";
  /** Program that makes a backup, and those that a restore needs besides. */
  readonly tools: { readonly backup: string; readonly restore: readonly string[] };
  /** Names of `lying` of its servers. */
  readonly lies: readonly string[];
  /** What a manifest calls the server's version, and one that this machine does not have yet. */
  readonly newer: Readonly<Record<string, string>>;
  template(): Promise<{
    start(within?: string): Promise<WholeServer>;
    [Symbol.asyncDispose](): Promise<void>;
  }>;
}

/** Those that always run, and all of them where every fault is asked for. */
function chosen(always: readonly string[], more: readonly string[]): readonly string[] {
  return process.env["PULIH_FAULT"] === "full" ? [...always, ...more] : always;
}

const MARKED = "RAHASIA-BARIS-4711";

export const cluster: WholeServerKind = {
  id: "postgres-cluster",
  tools: { backup: "pgbackrest", restore: ["pgbackrest"] },
  newer: { postgresql: "99.1" },
  lies: chosen(
    ["does nothing", "loses a file", "keeps no WAL any more"],
    ["loses the end of a file"],
  ),
  template: async () => {
    const template = await clusterTemplate(async (psql) => {
      await psql(
        "postgres",
        `CREATE TABLE warga AS SELECT n, '${MARKED}' || n AS nama FROM generate_series(1, 300) n;
         CREATE TABLE catatan (n int PRIMARY KEY)`,
      );
    });
    return {
      start: async (within) => clusterWorld(await template.start(within)),
      [Symbol.asyncDispose]: () => template[Symbol.asyncDispose](),
    };
  },
};

async function clusterWorld(server: ClusterServer): Promise<WholeServer> {
  const { dir, data, repository, stanza, psql } = server;
  const lie = join(dir, "lie");
  const push = join(dir, "pgbackrest-archive-push");
  await writeFile(
    push,
    `#!/bin/sh\n[ -e ${lie} ] && exit 0
exec pgbackrest --config=${server.settingsFile} --stanza=${stanza} archive-push "$1"\n`,
  );
  await chmod(push, 0o755);
  await psql("postgres", `ALTER SYSTEM SET archive_command = '${push} %p'`);
  await psql("postgres", "SELECT pg_reload_conf()");
  await eventually("the setting holds", async () =>
    (await psql("postgres", "SHOW archive_command")).startsWith(push),
  );
  const target: TestTarget = {
    alias: "induk",
    ...clusterTarget(server),
  };
  const stored = async (): Promise<string[]> =>
    JSON.parse(await server.pgbackrest("--output=json", "info"))[0].backup.map(
      ({ label }: { label: string }) => label,
    );
  const pgbackrest = (before: string) => ({
    pgbackrest: `real=/usr/bin/pgbackrest; for command; do :; done\n${before}\nexec $real "$@"`,
  });
  const newest = `$(find ${repository}/backup/${stanza}/latest/pg_data -name '*.lz4' -printf '%s %p\\n' | sort -rn | head -n 1 | cut -d ' ' -f 2)`;
  const afterwards = (act: string) =>
    pgbackrest(`if [ "$command" = backup ]; then $real "$@"; ${act}; exit 0; fi`);
  return {
    ...{ dir, target, stored },
    secrets: [MARKED],
    refused: { ...target, pengguna: "tidak_ada" },
    silent: { ...target, soket: join(dir, "repo") },
    refusals: async () => count(await readFile(join(dir, "log"), "utf8"), /FATAL: {2}role /g),
    read: () =>
      psql("postgres", "SELECT count(*), md5(string_agg(n || nama, '' ORDER BY n)) FROM warga"),
    sit: () => psql("postgres", "SELECT pg_sleep(3600)").catch(() => undefined),
    askWritten: "SELECT n FROM catatan ORDER BY n",
    write: async (row) => {
      await psql("postgres", `INSERT INTO catatan VALUES (${row})`);
    },
    written: async () => numbersIn(await psql("postgres", "SELECT n FROM catatan ORDER BY n")),
    damage: async () => {
      await psql("postgres", "DELETE FROM warga WHERE n > 100");
    },
    crash: server.crash,
    up: async () => {
      await start(server, () => psql("postgres", "SELECT 1"));
    },
    remains: () => beside(data),
    forgetBut: async (sets) => {
      await rm(lie, { force: true });
      for (const label of await stored()) {
        if (!sets.includes(label)) await server.pgbackrest(`--set=${label}`, "expire");
      }
    },
    programs: (scripts) => programsIn(dir, scripts),
    // What copies the files is a process of its own, begun once the server is told of the backup; it
    // is run by the name under which the backup was.
    dying: pgbackrest(`case "$command" in
      backup) exec -a "$0" $real "$@" ;;
      *:local) p=$(head -n 1 ${data}/postmaster.pid); kill -QUIT "$p"; while kill -0 "$p" 2>/dev/null; do sleep 0.05; done ;;
      esac`),
    lying: {
      "does nothing": pgbackrest(`[ "$command" = backup ] && exit 0`),
      "loses the end of a file": afterwards(`truncate -s -1 "${newest}"`),
      "loses a file": afterwards(`rm "${newest}"`),
      "keeps no WAL any more": afterwards(`: > ${lie}`),
    },
    strange: pgbackrest(`[ "$command" = version ] && { echo "pgBackRest 2.10"; exit 0; }`),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const mariadb: WholeServerKind = {
  id: "mariadb-server",
  tools: { backup: "mariabackup", restore: ["mariabackup", "mbstream", "mariadbd"] },
  newer: { mariadb: "99.1.1" },
  lies: chosen(["does nothing", "loses the last byte"], ["loses its second half"]),
  template: async () => {
    const template = await mariadbTemplate(async (sql) => {
      await sql(
        "",
        `CREATE DATABASE kota; USE kota; CREATE TABLE catatan (n INT PRIMARY KEY);
         CREATE TABLE warga SELECT seq AS n, CONCAT('${MARKED}', seq) AS nama FROM seq_1_to_300`,
      );
    });
    return {
      start: async (within) => mariadbWorld(await template.start(within)),
      [Symbol.asyncDispose]: () => template[Symbol.asyncDispose](),
    };
  },
};

async function mariadbWorld(server: MariadbFiles): Promise<WholeServer> {
  const { dir, data, sql } = server;
  const options = await readFile(server.optionFile, "utf8");
  const password = /^password="([^"]+)"/m.exec(options)?.[1] ?? "";
  const changedOptions = async (name: string, text: string) => {
    await writeFile(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const target = {
    alias: "induk",
    ...mariadbServerTarget(server),
  } satisfies TestTarget;
  const instead = (program: string, sign: string, body: string) => ({
    [program]: `case " $* " in *" ${sign} "*) ;; *) exec /usr/bin/${program} "$@" ;; esac\n${body}`,
  });
  const backup = (body: string) => instead("mariabackup", "--backup", body);
  const secrets = [MARKED, password];
  return {
    ...{ dir, target, secrets },
    refused: {
      ...target,
      berkasOpsi: await changedOptions("refused.cnf", options.replace(password, "salah")),
    },
    silent: {
      ...target,
      berkasOpsi: await changedOptions(
        "silent.cnf",
        options.replace(join(dir, "s"), join(dir, "t")),
      ),
    },
    refusals: async () => count(await readFile(join(dir, "log.err"), "utf8"), /Access denied for/g),
    read: () =>
      sql("kota", "SELECT COUNT(*), MD5(GROUP_CONCAT(n, nama ORDER BY n SEPARATOR '')) FROM warga"),
    sit: () => sql("", "SELECT SLEEP(3600)").catch(() => undefined),
    askWritten: "SELECT n FROM kota.catatan ORDER BY n",
    write: async (row) => {
      await sql("kota", `INSERT INTO catatan VALUES (${row})`);
    },
    written: async () => numbersIn(await sql("kota", "SELECT n FROM catatan ORDER BY n")),
    damage: async () => {
      await sql("kota", "DELETE FROM warga WHERE n > 100");
    },
    crash: server.crash,
    up: async () => {
      await start(server, () => sql("", "SELECT 1"));
    },
    remains: () => beside(data),
    stored: async () => [],
    forgetBut: async () => {},
    programs: (scripts) => programsIn(dir, scripts),
    // Most of the stream still stands before the pipe when the server dies.
    dying: backup(
      `{ /usr/bin/mariabackup "$@"; echo $? > ${dir}/code; } |
         { head -c 100000; ${dir}/hentikan -KILL; cat; }
       exit "$(cat ${dir}/code)"`,
    ),
    lying: {
      "does nothing": backup("echo '[00] 2026-11-22 03:00:00 completed OK!' >&2"),
      "loses the last byte": backup('/usr/bin/mariabackup "$@" | head -c -1'),
      "loses its second half": backup(
        '/usr/bin/mariabackup "$@" | { head -c 8000000; cat >/dev/null; }',
      ),
    },
    strange: instead(
      "mariabackup",
      "--version",
      "echo 'mariabackup based on MariaDB server 10.5.29-MariaDB debian-linux-gnu (x86_64)'",
    ),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function count(text: string, what: RegExp): number {
  return [...text.matchAll(what)].length;
}

export function numbersIn(lines: string): number[] {
  return lines === "" ? [] : lines.split("\n").map(Number);
}

async function start(
  { service }: Pick<ClusterServer, "service">,
  ask: () => Promise<unknown>,
): Promise<void> {
  const answers = () =>
    ask().then(
      () => true,
      () => false,
    );
  if (await answers()) return;
  const [command = "", ...args] = service.mulai;
  await run(command, args);
  await eventually("the server answers", answers, 60_000);
}

/** Folders beside the data, whose names begin with theirs. */
async function beside(data: string): Promise<string[]> {
  const names = await readdir(join(data, ".."));
  return names.filter((name) => name.startsWith(`${basename(data)}.`));
}

async function programsIn(dir: string, scripts: Scripts): Promise<string> {
  const folder = await mkdtemp(join(dir, "bin-"));
  for (const [name, body] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/bash\n${body}\n`);
    await chmod(join(folder, name), 0o755);
  }
  // The owner of the data runs them too.
  await chmod(folder, 0o755);
  return folder;
}
