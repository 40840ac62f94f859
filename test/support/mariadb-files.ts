/**
 * A throw-away MariaDB server that is stopped and started by commands, as a service is, over a data
 * folder that others may rename. Socket only. Free of any test runner.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const SETTINGS = [
  "skip-networking",
  "innodb-buffer-pool-size=64M",
  "innodb-flush-log-at-trx-commit=0",
];
/** What copies, backups and restores of a folder without much content have to carry. */
const SMALL = [
  "innodb-log-file-size=8M",
  "innodb-temp-data-file-path=ibtmp1:3M:autoextend",
  "innodb-autoextend-increment=1",
  // The data are thrown away: durability across a power cut would only cost time.
  "innodb-flush-method=nosync",
  "debug-no-sync=1",
];

export interface MariadbFiles {
  readonly dir: string;
  readonly data: string;
  /** The server's own settings. */
  readonly settingsFile: string;
  /** Option file of the agent's account. */
  readonly optionFile: string;
  readonly owner: string;
  readonly service: { readonly hentikan: string[]; readonly mulai: string[] };
  /** Runs SQL as root in a database ("" for none); answers rows without headings, columns by tabs. */
  sql(database: string, text: string): Promise<string>;
  /** Ends the server as a crash would. */
  crash(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The server as the operator's config would name it. */
export function mariadbServerTarget(
  server: Pick<MariadbFiles, "data" | "owner" | "service" | "optionFile" | "settingsFile">,
) {
  return {
    engine: "mariadb-server" as const,
    direktori: server.data,
    pemilik: server.owner,
    layanan: server.service,
    berkasOpsi: server.optionFile,
    berkasKonfigurasi: server.settingsFile,
  };
}

export interface MariadbTemplate {
  /** A server of its own with the template's content, in a folder of its own in `within`. */
  start(within?: string): Promise<MariadbFiles>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes one server with some content; the others are copies of its files, which is quicker. */
export async function mariadbTemplate(
  prepare: (sql: MariadbFiles["sql"]) => Promise<void>,
  size: "small" | "usual" = "small",
): Promise<MariadbTemplate> {
  for (const [program, packageName] of [
    ["mariadbd", "mariadb-server"],
    ["mariabackup", "mariadb-backup"],
  ] as const) {
    await run(program, ["--version"]).catch(() => {
      throw new Error(`${program} is not installed: apt-get install ${packageName}`);
    });
  }
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? "mysql" : (await run("id", ["-un"])).stdout.trim();
  const asOwner = isRoot ? "setpriv --reuid=mysql --regid=mysql --init-groups" : "";
  const rootPassword = randomBytes(12).toString("hex");
  const password = randomBytes(12).toString("hex");

  /** Everything that stands around a data folder. */
  const surround = async (dir: string): Promise<Omit<MariadbFiles, typeof Symbol.asyncDispose>> => {
    const path = (name: string) => join(dir, name);
    const data = path("data");
    const files: Readonly<Record<string, string>> = {
      "my.cnf": [
        "[mariadbd]",
        `datadir=${data}`,
        `socket=${path("s")}`,
        `pid-file=${path("pid")}`,
        `log-error=${path("log")}`,
        // A folder of its own: each server clears it of what others have there.
        `tmpdir=${path("tmp")}`,
        ...SETTINGS,
        ...(size === "small" ? SMALL : []),
        "",
      ].join("\n"),
      "root.cnf": `[client]\nuser=root\npassword="${rootPassword}"\nsocket="${path("s")}"\n`,
      "agent.cnf": `[client]\nuser=agen\npassword="${password}"\nsocket="${path("s")}"\n`,
      mulai: `#!/bin/sh
setsid -f ${asOwner} mariadbd --defaults-file=${path("my.cnf")} </dev/null >/dev/null 2>&1\n`,
      hentikan: `#!/bin/sh
p=$(cat ${path("pid")} 2>/dev/null) || exit 0
kill "\${1:--TERM}" "$p" 2>/dev/null || exit 0
# All its threads have let go of its files, and only nobody has asked yet how it ended.
over() { grep -qs '^State:.[ZX]' "/proc/$p/status" && [ "$(ls "/proc/$p/task" | wc -l)" = 1 ]; }
while kill -0 "$p" 2>/dev/null && ! over; do sleep 0.05; done\n`,
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path(name), text, { mode: name.includes(".") ? 0o600 : 0o700 });
    }
    await mkdir(path("tmp"), { recursive: true });
    if (isRoot) await run("chown", ["-R", "mysql:mysql", dir]);
    return {
      ...{ dir, data, owner, settingsFile: path("my.cnf"), optionFile: path("agent.cnf") },
      service: { hentikan: [path("hentikan")], mulai: [path("mulai")] },
      sql: (database, text) => client(path("root.cnf"), database, text),
      crash: async () => {
        await run(path("hentikan"), ["-KILL"]);
      },
    };
  };
  const up = async (server: Pick<MariadbFiles, "service" | "dir">): Promise<void> => {
    await run(server.service.mulai[0] ?? "", []);
    const ping = ["--no-defaults", `--socket=${join(server.dir, "s")}`, "ping"];
    const deadline = Date.now() + 60_000;
    // A server that lets nobody in answers all the same.
    while (
      !(await run("mariadb-admin", ping).then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > deadline) throw new Error("the throw-away server did not become ready");
      await delay(50);
    }
  };
  const template = await mkdtemp(join(tmpdir(), "pulih-mf-"));
  const model = await surround(template);
  try {
    await run("mariadb-install-db", [
      ...[`--defaults-file=${model.settingsFile}`, "--skip-test-db"],
      ...["--auth-root-authentication-method=normal", ...(isRoot ? ["--user=mysql"] : [])],
    ]);
    await up(model);
    const unprotected = join(template, "first.cnf");
    await writeFile(unprotected, `[client]\nuser=root\nsocket="${join(template, "s")}"\n`);
    await client(
      unprotected,
      "",
      `CREATE USER 'agen'@'localhost' IDENTIFIED BY '${password}';
       GRANT ALL PRIVILEGES ON *.* TO 'agen'@'localhost' WITH GRANT OPTION;
       ALTER USER 'root'@'localhost' IDENTIFIED BY '${rootPassword}';`,
    );
    await prepare(model.sql);
  } catch (error) {
    await model.crash().catch(() => undefined);
    await rm(template, { recursive: true, force: true });
    throw error;
  }
  await run(model.service.hentikan[0] ?? "", []);

  return {
    start: async (within = tmpdir()) => {
      const dir = await mkdtemp(join(within, "pulih-mf-"));
      await cp(model.data, join(dir, "data"), { recursive: true });
      const server = await surround(dir);
      await chmod(server.data, 0o700);
      const end = async () => {
        await server.crash().catch(() => undefined);
        await rm(dir, { recursive: true, force: true, maxRetries: 5 });
      };
      await up(server).catch(async (error: unknown) => {
        await end();
        throw error;
      });
      return { ...server, [Symbol.asyncDispose]: end };
    },
    [Symbol.asyncDispose]: () => rm(template, { recursive: true, force: true }),
  };
}

async function client(file: string, database: string, text: string): Promise<string> {
  const child = run(
    "mariadb",
    [
      ...[`--defaults-file=${file}`, "--batch", "--raw", "--skip-column-names"],
      ...["--default-character-set=utf8mb4", `--database=${database}`],
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  // A client that ended early says so by its exit code.
  child.child.stdin?.on("error", () => undefined).end(text);
  return (await child).stdout.trimEnd();
}
