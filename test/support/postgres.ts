/**
 * A throw-away PostgreSQL server on 127.0.0.1: its own directory, a free port, password sign-in over
 * TCP (so that the agent's credential file is really used). Free of any test runner: the demo uses it too.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { ended, readyWithin } from "./server-process.ts";

const run = promisify(execFile);

export interface PostgresServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly superuser: string;
  /** Password of the superuser, as it stands in `passFile`. */
  readonly password: string;
  /** A .pgpass file that signs the superuser in over TCP. */
  readonly passFile: string;
  readonly dir: string;
  readonly pid: number;
  /** Runs SQL as superuser in a database; answers unaligned rows without headings. */
  psql(database: string, sql: string): Promise<string>;
  /** Ends the server as a crash would, without a farewell to its clients. */
  crash(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Folder of the newest PostgreSQL server programs on this machine, null where there is none. */
export async function postgresPrograms(): Promise<string | null> {
  const base = "/usr/lib/postgresql";
  const versions = await readdir(base).catch(() => []);
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = join(base, version, "bin");
    if ((await readdir(bin).catch(() => [])).some((name) => name === "postgres")) return bin;
  }
  return null;
}

export async function postgresAvailable(): Promise<boolean> {
  return (await postgresPrograms()) !== null;
}

/** Starts a server; it ends with this process even where nobody disposes it. */
export async function startPostgres(
  options: { readonly settings?: Readonly<Record<string, string>> } = {},
): Promise<PostgresServer> {
  const bin = await postgresPrograms();
  if (bin === null) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  const owner = await serverUser();
  const dir = await mkdtemp(join(tmpdir(), "pulih-pg-"));
  const data = join(dir, "data");
  const passFile = join(dir, "pgpass");
  const password = randomBytes(12).toString("hex");
  const superuser = "postgres";
  let server: ChildProcess | undefined;
  try {
    await mkdir(data, { mode: 0o700 });
    const initial = join(dir, "initial-password");
    await writeFile(initial, `${password}\n`, { mode: 0o600 });
    for (const path of [dir, data, initial]) await chown(path, owner.uid, owner.gid);
    await run(
      join(bin, "initdb"),
      [
        ...["-D", data, "-U", superuser, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"],
        ...["--auth-local=trust", "--auth-host=scram-sha-256", `--pwfile=${initial}`],
      ],
      { ...owner, cwd: dir },
    );
    await rm(initial);
    const port = await freePort();
    await writeFile(passFile, `127.0.0.1:${port}:*:${superuser}:${password}\n`, { mode: 0o600 });
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(port),
      unix_socket_directories: dir,
      // The data are thrown away: durability across a power cut would only cost time.
      fsync: "off",
      full_page_writes: "off",
      ...options.settings,
    };
    server = spawn(
      "setpriv",
      [
        ...["--pdeathsig", "INT", "--", join(bin, "postgres"), "-D", data],
        ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      ],
      { ...owner, cwd: dir, stdio: "ignore" },
    );
    const psql = async (database: string, sql: string): Promise<string> => {
      const child = run(join(bin, "psql"), ["-X", "-qAt", "-v", "ON_ERROR_STOP=1"], {
        env: {
          ...process.env,
          PGHOST: dir,
          PGPORT: String(port),
          PGUSER: superuser,
          PGDATABASE: database,
          PGCLIENTENCODING: "UTF8",
        },
        maxBuffer: 64 * 1024 * 1024,
      });
      // A client that ended early says so by its exit code.
      child.child.stdin?.on("error", () => undefined).end(sql);
      return (await child).stdout.trimEnd();
    };
    const running = server;
    await readyWithin(30_000, running, () => psql("postgres", "SELECT 1"));
    const stop = async (signal: NodeJS.Signals): Promise<void> => {
      running.kill(signal);
      await ended(running);
    };
    return {
      host: "127.0.0.1",
      port,
      superuser,
      password,
      passFile,
      dir,
      pid: running.pid ?? 0,
      psql,
      crash: () => stop("SIGQUIT"),
      [Symbol.asyncDispose]: async () => {
        await stop("SIGINT");
        await rm(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    server?.kill("SIGQUIT");
    if (server !== undefined) await ended(server);
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

/** PostgreSQL refuses to run as root; then it runs as the user its package made. */
async function serverUser(): Promise<{ uid: number; gid: number }> {
  if (process.getuid?.() !== 0) {
    return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  }
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
