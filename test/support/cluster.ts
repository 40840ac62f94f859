/**
 * A throw-away PostgreSQL cluster with a pgBackRest repository: socket only, WAL archived, stopped and
 * started by the commands a service would have. Free of any test runner.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFile, chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { postgresPrograms } from "./postgres.ts";

const run = promisify(execFile);

export interface ClusterServer {
  readonly dir: string;
  readonly data: string;
  /** pgBackRest's repository. */
  readonly repository: string;
  readonly settingsFile: string;
  readonly stanza: string;
  /** The system user that owns it all. */
  readonly owner: string;
  readonly service: { readonly hentikan: string[]; readonly mulai: string[] };
  psql(database: string, sql: string): Promise<string>;
  pgbackrest(...args: string[]): Promise<string>;
  /** Ends the server as a crash would. */
  crash(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The cluster as the operator's config would name it. */
export function clusterTarget(
  server: Pick<ClusterServer, "dir" | "data" | "owner" | "service" | "settingsFile" | "stanza">,
) {
  return {
    engine: "postgres-cluster" as const,
    direktori: server.data,
    soket: server.dir,
    pemilik: server.owner,
    layanan: server.service,
    berkasPgbackrest: server.settingsFile,
    stanza: server.stanza,
  };
}

export interface ClusterTemplate {
  /** A cluster of its own with the template's content, in a folder of its own in `within`. */
  start(within?: string): Promise<ClusterServer>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes one cluster with some content; the others are copies of its files, which is quicker. */
export async function clusterTemplate(
  prepare: (psql: ClusterServer["psql"]) => Promise<void>,
  size: "small" | "usual" = "small",
): Promise<ClusterTemplate> {
  const programs = await postgresPrograms();
  if (programs === null) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  await run("pgbackrest", ["version"]).catch(() => {
    throw new Error("pgBackRest is not installed: apt-get install pgbackrest");
  });
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? "postgres" : (await run("id", ["-un"])).stdout.trim();
  const asOwner = isRoot
    ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
    : [];
  const act = async (argv: readonly string[]): Promise<string> => {
    const [file = "", ...args] = [...asOwner, ...argv];
    return (await run(file, args, { cwd: "/", maxBuffer: 64 * 1024 * 1024 })).stdout.trimEnd();
  };
  const give = (path: string) => (isRoot ? run("chown", ["-R", "postgres:postgres", path]) : null);
  const folder = async (within = tmpdir()) => {
    const dir = await mkdtemp(join(within, "pulih-cl-"));
    await give(dir);
    return dir;
  };
  const template = await folder();
  const model = join(template, "data");
  const client = (socket: string) => async (database: string, sql: string) => {
    const child = run(join(programs, "psql"), ["-X", "-qAt", "-v", "ON_ERROR_STOP=1"], {
      env: {
        ...process.env,
        ...{ PGHOST: socket, PGUSER: "postgres", PGDATABASE: database, PGCLIENTENCODING: "UTF8" },
      },
      maxBuffer: 64 * 1024 * 1024,
    });
    child.child.stdin?.on("error", () => undefined).end(sql);
    return (await child).stdout.trimEnd();
  };
  const pgCtl = (data: string, ...rest: string[]) => [
    join(programs, "pg_ctl"),
    "-D",
    data,
    ...rest,
  ];
  try {
    await act([
      ...[join(programs, "initdb"), "-D", model, "-U", "postgres", "--no-sync", "--auth=trust"],
      ...["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"],
      // Every segment is made, archived and copied whole, however little stands in it.
      ...(size === "small" ? ["--wal-segsize=1"] : []),
    ]);
    await appendFile(
      join(model, "postgresql.conf"),
      `listen_addresses = ''\nunix_socket_directories = '${template}'\nfsync = off\n`,
    );
    await act(pgCtl(model, "-w", "-l", join(template, "log"), "start"));
    await prepare(client(template));
  } catch (error) {
    await act(pgCtl(model, "-w", "-m", "immediate", "stop")).catch(() => undefined);
    await rm(template, { recursive: true, force: true });
    throw error;
  }
  await act(pgCtl(model, "-w", "-m", "fast", "stop"));

  const start = async (within?: string): Promise<ClusterServer> => {
    const dir = await folder(within);
    const data = join(dir, "data");
    const repository = join(dir, "repo");
    const settingsFile = join(dir, "pgbackrest.conf");
    const stanza = "utama";
    const pgbackrest = (...args: string[]) =>
      act(["pgbackrest", `--config=${settingsFile}`, `--stanza=${stanza}`, ...args]);
    const stop = pgCtl(data, "-w", "-m", "immediate", "stop");
    try {
      await cp(model, data, { recursive: true });
      for (const name of ["repo", "lock", "spool"]) await mkdir(join(dir, name), { mode: 0o700 });
      await writeFile(
        settingsFile,
        [
          "[global]",
          `repo1-path=${repository}`,
          "repo1-cipher-type=aes-256-cbc",
          `repo1-cipher-pass=${randomBytes(16).toString("hex")}`,
          "repo1-retention-full=9",
          `lock-path=${join(dir, "lock")}`,
          `spool-path=${join(dir, "spool")}`,
          "log-level-file=off",
          "log-level-console=off",
          "compress-type=lz4",
          // What cannot be written here cannot be written a moment later.
          "job-retry=0",
          `[${stanza}]`,
          `pg1-path=${data}`,
          `pg1-socket-path=${dir}`,
          "",
        ].join("\n"),
        { mode: 0o600 },
      );
      await appendFile(
        join(data, "postgresql.conf"),
        [
          `unix_socket_directories = '${dir}'`,
          "archive_mode = on",
          `archive_command = 'pgbackrest --config=${settingsFile} --stanza=${stanza} archive-push %p'`,
          "",
        ].join("\n"),
      );
      await give(dir);
      await chmod(data, 0o700);
      const mulai = pgCtl(data, "-w", "-l", join(dir, "log"), "start");
      await act(mulai);
      await pgbackrest("stanza-create");
      return {
        ...{ dir, data, repository, settingsFile, stanza, owner },
        service: {
          hentikan: [...asOwner, ...pgCtl(data, "-w", "-m", "fast", "stop")],
          mulai: [...asOwner, ...mulai],
        },
        psql: client(dir),
        pgbackrest,
        crash: async () => {
          await act(stop).catch(() => undefined);
        },
        [Symbol.asyncDispose]: async () => {
          // Whatever stands there now may run over any of the copies.
          for (const name of await readdir(dir)) {
            if (!name.startsWith("data")) continue;
            await act(pgCtl(join(dir, name), "-w", "-m", "immediate", "stop")).catch(
              () => undefined,
            );
          }
          await rm(dir, { recursive: true, force: true, maxRetries: 5 });
        },
      };
    } catch (error) {
      await act(stop).catch(() => undefined);
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  };
  return {
    start,
    [Symbol.asyncDispose]: () => rm(template, { recursive: true, force: true }),
  };
}
