/**
 * A throw-away SSH server on 127.0.0.1 with keys of its own; who connects becomes the user that
 * started it. Free of any test runner: the demo uses it too.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { ended, readyWithin } from "./server-process.ts";
import { tempDir } from "./temp-dir.ts";

const run = promisify(execFile);
const SERVER = "/usr/sbin/sshd";

export interface Sshd {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly user: string;
  /** Private key of a client that is let in. */
  readonly keyFile: string;
  /** The server's key as the agent's config wants it: "ssh-ed25519 AAAA…". */
  readonly hostKey: string;
  readonly dir: string;
  readonly pid: number;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function sshdAvailable(): Promise<boolean> {
  return access(SERVER).then(
    () => true,
    () => false,
  );
}

export async function startSshd(
  options: {
    /** Programs at a time on one connection; a server that nobody configured allows ten. */
    readonly sessionsMax?: number;
    /** PATH of the programs it starts, instead of its own choice. */
    readonly path?: string;
  } = {},
): Promise<Sshd> {
  const dir = await tempDir();
  const hostKeyFile = join(dir.path, "host-key");
  const keyFile = join(dir.path, "client-key");
  const authorised = join(dir.path, "authorized-keys");
  for (const file of [hostKeyFile, keyFile]) {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  }
  await writeFile(authorised, await readFile(`${keyFile}.pub`));
  const port = await freePort();
  const config = join(dir.path, "sshd_config");
  const home = join(dir.path, "home");
  await mkdir(home);
  await writeFile(
    config,
    configOf({
      port,
      hostKeyFile,
      authorised,
      dir: dir.path,
      home,
      sessionsMax: options.sessionsMax ?? 100,
      path: options.path,
    }),
  );
  await mkdir("/run/sshd", { recursive: true });
  // A process group of its own, so that sessions still open end with it.
  const server = spawn(SERVER, ["-D", "-e", "-f", config], { detached: true, stdio: "ignore" });
  await once(server, "spawn");
  const pid = server.pid ?? 0;
  const stop = async (): Promise<void> => {
    try {
      process.kill(-pid, "SIGTERM");
    } catch {
      // It ended by itself.
    }
    await ended(server);
    await rm(dir.path, { recursive: true, force: true });
  };
  try {
    await readyWithin(10_000, server, () => greeting(port));
  } catch (error) {
    await stop();
    throw error;
  }
  const [type = "", key = ""] = (await readFile(`${hostKeyFile}.pub`, "utf8")).trim().split(" ");
  return {
    host: "127.0.0.1",
    port,
    user: userInfo().username,
    keyFile,
    hostKey: `${type} ${key}`,
    dir: dir.path,
    pid,
    [Symbol.asyncDispose]: stop,
  };
}

function configOf(of: {
  readonly port: number;
  readonly hostKeyFile: string;
  readonly authorised: string;
  readonly dir: string;
  readonly home: string;
  readonly sessionsMax: number;
  readonly path: string | undefined;
}): string {
  const path = of.path === undefined ? "" : ` "PATH=${of.path}"`;
  return `${[
    // Bash reads its user's settings before every command: no part of a test, and often slow.
    `SetEnv "HOME=${of.home}"${path}`,
    `Port ${of.port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${of.hostKeyFile}`,
    `AuthorizedKeysFile ${of.authorised}`,
    `PidFile ${join(of.dir, "sshd.pid")}`,
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
    "UsePAM no",
    "StrictModes no",
    "AcceptEnv none",
    "MaxStartups 100",
    `MaxSessions ${of.sessionsMax}`,
    "Subsystem sftp internal-sftp",
  ].join("\n")}\n`;
}

/** Resolves when the server has said its name. */
async function greeting(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "data");
  } finally {
    socket.destroy();
  }
}
