/** What people use instead: a careful shell line, borg, borgmatic and pgBackRest of Debian. */
import { execFile } from "node:child_process";
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import type { MariadbServer } from "#support/mariadb.ts";
import { type PostgresServer, postgresPrograms } from "#support/postgres.ts";
import { type Timed, timedShell } from "./timed.ts";

const run = promisify(execFile);

export interface Tool {
  readonly name: string;
  backup(): Promise<Timed>;
  /** Into a database or folder of its own; null where it is not measured. */
  restore: (() => Promise<Timed>) | null;
}

/** Programs that are not installed are named, not skipped in silence. */
export async function missingPrograms(): Promise<string[]> {
  const wanted = ["restic", "borg", "borgmatic", "pgbackrest", "mariabackup"];
  const found = await Promise.all(
    wanted.map((name) =>
      run("which", [name]).then(
        () => null,
        () => name,
      ),
    ),
  );
  return found.filter((name) => name !== null);
}

export function postgresEnv(server: PostgresServer, database: string): Record<string, string> {
  return {
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.superuser,
    PGPASSFILE: server.passFile,
    PGDATABASE: database,
  };
}

export async function shellPipeline(
  dir: string,
  server: PostgresServer,
  database: string,
): Promise<Tool> {
  const env = { ...(await resticIn(join(dir, "shell"))), ...postgresEnv(server, database) };
  return {
    name: "pg_dump -Fc -Z0 | restic",
    backup: () =>
      timedShell(
        "pg_dump -Fc -Z0 | restic backup --stdin --stdin-filename dump --no-cache -q",
        env,
      ),
    restore: async () => {
      await server.psql("postgres", "CREATE DATABASE tangan TEMPLATE template0");
      const ended = await timedShell(
        "restic dump --no-cache latest /dump | pg_restore -e -d tangan",
        env,
      );
      await server.psql("postgres", "DROP DATABASE tangan");
      return ended;
    },
  };
}

export async function borg(dir: string, server: PostgresServer, database: string): Promise<Tool> {
  const env = { ...(await borgIn(join(dir, "borg"))), ...postgresEnv(server, database) };
  let count = 0;
  return {
    name: "pg_dump -Fc -Z0 | borg",
    backup: () => {
      count += 1;
      return timedShell(`pg_dump -Fc -Z0 | borg create --compression zstd,3 ::${count} -`, env);
    },
    restore: null,
  };
}

export async function borgmatic(
  dir: string,
  server: PostgresServer,
  database: string,
): Promise<Tool> {
  const env = await borgIn(join(dir, "borgmatic"));
  const config = join(dir, "borgmatic.yaml");
  await writeFile(
    config,
    stringify({
      location: { source_directories: [], repositories: [env["BORG_REPO"]] },
      storage: { compression: "zstd,3", encryption_passphrase: env["BORG_PASSPHRASE"] },
      hooks: {
        postgresql_databases: [
          {
            name: database,
            hostname: server.host,
            port: server.port,
            username: server.superuser,
            password: server.password,
            format: "plain",
          },
        ],
      },
    }),
    { mode: 0o600 },
  );
  return {
    name: "borgmatic",
    backup: () => timedShell(`borgmatic create -c '${config}'`, env),
    restore: null,
  };
}

/** The whole cluster, by files: another kind of backup, beside which the logical one must stand. */
export async function pgbackrest(dir: string, server: PostgresServer): Promise<Tool> {
  const repository = join(dir, "pgbackrest");
  const side = join(dir, "pgbackrest-side");
  const config = join(dir, "pgbackrest.conf");
  const programs = await postgresPrograms();
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)),
  );
  await mkdir(repository, { mode: 0o700 });
  await mkdir(side, { mode: 0o700 });
  await writeFile(
    config,
    [
      "[global]",
      `repo1-path=${repository}`,
      "repo1-cipher-type=aes-256-cbc",
      "repo1-cipher-pass=contoh-contoh-contoh",
      "compress-type=zst",
      "compress-level=3",
      "process-max=2",
      "archive-check=n",
      `log-path=${repository}`,
      `lock-path=${repository}`,
      `spool-path=${repository}`,
      "start-fast=y",
      "[uji]",
      `pg1-path=${join(server.dir, "data")}`,
      `pg1-port=${server.port}`,
      `pg1-socket-path=${server.dir}`,
      `pg1-user=${server.superuser}`,
      "",
    ].join("\n"),
  );
  await chmod(dir, 0o711);
  await chmod(config, 0o600);
  for (const path of [repository, side, config]) await chown(path, uid ?? 0, gid ?? 0);
  const env = { PATH: `${programs}:${process.env["PATH"]}` };
  const asOwner = (args: string) =>
    timedShell(
      `exec runuser -u postgres -- pgbackrest --config='${config}' --stanza=uji ${args}`,
      env,
    );
  await asOwner("stanza-create");
  return {
    name: "pgbackrest (cluster)",
    backup: () => asOwner("--type=full backup"),
    restore: () => asOwner(`--pg1-path='${side}' --archive-mode=off --type=immediate restore`),
  };
}

export async function mariadbPipeline(
  dir: string,
  server: MariadbServer,
  database: string,
): Promise<Tool> {
  const env = await resticIn(join(dir, "shell-mariadb"));
  const options = await server.optionFile();
  return {
    name: "mariadb-dump | restic",
    backup: () =>
      timedShell(
        `mariadb-dump --defaults-file='${options}' --single-transaction --quick --routines --events --triggers --hex-blob ${database} | restic backup --stdin --stdin-filename dump --no-cache -q`,
        env,
      ),
    restore: async () => {
      await server.sql("", "CREATE DATABASE tangan");
      const ended = await timedShell(
        `restic dump --no-cache latest /dump | mariadb --defaults-file='${options}' tangan`,
        env,
      );
      await server.sql("", "DROP DATABASE tangan");
      return ended;
    },
  };
}

async function resticIn(path: string): Promise<Record<string, string>> {
  const env = { RESTIC_REPOSITORY: path, RESTIC_PASSWORD: "contoh-contoh-contoh" };
  await run("restic", ["init", "-q"], { env: { ...process.env, ...env } });
  return env;
}

async function borgIn(path: string): Promise<Record<string, string>> {
  const env = {
    BORG_REPO: path,
    BORG_PASSPHRASE: "contoh-contoh-contoh",
    BORG_BASE_DIR: `${path}-base`,
  };
  await run("borg", ["init", "--encryption=repokey-blake2"], { env: { ...process.env, ...env } });
  return env;
}
