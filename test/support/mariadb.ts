/**
 * A throw-away MariaDB server on a socket and on 127.0.0.1: its own directory, a free port, accounts
 * with passwords. Free of any test runner: the demo uses it too.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { ended, readyWithin } from "./server-process.ts";

const run = promisify(execFile);
const SERVER = "/usr/sbin/mariadbd";

export interface MariadbServer {
  readonly socket: string;
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Account for the agent, with all privileges. */
  readonly user: string;
  readonly dir: string;
  readonly pid: number;
  /** Writes an option file (0600): for the agent's account, or for the one that is named. */
  optionFile(account?: {
    readonly user?: string;
    readonly password?: string;
    /** Sign in over TCP instead of the socket. */
    readonly tcp?: boolean;
  }): Promise<string>;
  /** Runs SQL as root in a database ("" for none); answers rows without headings, columns by tabs. */
  sql(database: string, text: string): Promise<string>;
  /** Ends the server as a crash would. */
  crash(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function mariadbAvailable(): Promise<boolean> {
  return access(SERVER).then(
    () => true,
    () => false,
  );
}

/** Starts a server; it ends with this process even where nobody disposes it. */
export async function startMariadb(
  options: { readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<MariadbServer> {
  if (!(await mariadbAvailable())) {
    throw new Error("MariaDB is not installed: apt-get install mariadb-server");
  }
  const dir = await mkdtemp(join(tmpdir(), "pulih-my-"));
  const data = join(dir, "data");
  const socket = join(dir, "s");
  const user = "agen";
  const password = randomBytes(12).toString("hex");
  const rootPassword = randomBytes(12).toString("hex");
  let files = 0;
  let server: ChildProcess | undefined;
  const writeOptions = async (lines: Readonly<Record<string, string>>): Promise<string> => {
    files += 1;
    const path = join(dir, `options-${files}.cnf`);
    const body = Object.entries(lines).map(([name, value]) => `${name}="${value}"`);
    await writeFile(path, `[client]\n${body.join("\n")}\n`, { mode: 0o600 });
    return path;
  };
  const client = async (file: string, database: string, text: string): Promise<string> => {
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
  };
  try {
    const owner = await serverUser();
    await chown(dir, owner.uid, owner.gid);
    await run("mariadb-install-db", [
      // A folder of its own for the server too: each one clears it of what others have there.
      ...["--no-defaults", `--datadir=${data}`, "--skip-test-db", `--tmpdir=${dir}`],
      ...[
        "--auth-root-authentication-method=normal",
        ...(owner.uid === process.getuid?.() ? [] : ["--user=mysql"]),
      ],
    ]);
    const port = await freePort();
    const settings = {
      datadir: data,
      tmpdir: dir,
      socket,
      port: String(port),
      "bind-address": "127.0.0.1",
      "pid-file": join(dir, "pid"),
      "log-error": join(dir, "log"),
      "innodb-buffer-pool-size": "64M",
      // The data are thrown away: durability across a power cut would only cost time.
      "innodb-flush-log-at-trx-commit": "0",
      "innodb-flush-method": "nosync",
      "debug-no-sync": "1",
      ...options.settings,
    };
    server = spawn(
      "setpriv",
      [
        ...["--pdeathsig", "TERM", "--", SERVER, "--no-defaults"],
        ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
      ],
      { ...owner, stdio: "ignore" },
    );
    const running = server;
    const unprotected = await writeOptions({ socket, user: "root" });
    await readyWithin(60_000, running, () => client(unprotected, "", "SELECT 1"));
    await client(
      unprotected,
      "",
      `CREATE USER '${user}'@'localhost' IDENTIFIED BY '${password}';
       CREATE USER '${user}'@'127.0.0.1' IDENTIFIED BY '${password}';
       GRANT ALL PRIVILEGES ON *.* TO '${user}'@'localhost' WITH GRANT OPTION;
       GRANT ALL PRIVILEGES ON *.* TO '${user}'@'127.0.0.1' WITH GRANT OPTION;
       ALTER USER 'root'@'localhost' IDENTIFIED BY '${rootPassword}';`,
    );
    const root = await writeOptions({ socket, user: "root", password: rootPassword });
    const stop = async (signal: NodeJS.Signals): Promise<void> => {
      running.kill(signal);
      await ended(running);
    };
    return {
      socket,
      host: "127.0.0.1",
      port,
      user,
      dir,
      pid: running.pid ?? 0,
      optionFile: (account = {}) =>
        writeOptions({
          ...(account.tcp ? { host: "127.0.0.1", port: String(port) } : { socket }),
          user: account.user ?? user,
          password: account.password ?? password,
        }),
      sql: (database, text) => client(root, database, text),
      crash: () => stop("SIGKILL"),
      [Symbol.asyncDispose]: async () => {
        await stop("SIGTERM");
        await rm(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    server?.kill("SIGKILL");
    if (server !== undefined) await ended(server);
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

/** As root the server runs as the user its package made, as it would in earnest. */
async function serverUser(): Promise<{ uid: number; gid: number }> {
  if (process.getuid?.() !== 0) {
    return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  }
  const id = async (flag: string) => Number((await run("id", [flag, "mysql"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
