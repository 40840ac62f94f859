import { PassThrough } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { AppError } from "#domain/errors.ts";
import type { Host } from "../process/host.ts";
import { makeHost, type Start } from "../process/make-host.ts";
import {
  type Child,
  type Ending,
  PATIENCE,
  type Patience,
  supervise,
} from "../process/supervise.ts";
import { announcementIn, killCommand, remoteCommand } from "./command.ts";
import { type ConnectOptions, connect, type SshPlace } from "./connect.ts";

const START_TIMEOUT_MS = 20_000;
const ANNOUNCEMENT_CHARACTERS_MAX = 64 * 1024;

/**
 * A server over one SSH connection; each program has a channel of it. A descriptor handed over is
 * copied through this process, held back by whichever side is slower.
 *
 * When the connection is lost every running program resolves with signal CONNECTION_LOST, and the
 * server kills it; the host is of no use afterwards.
 */
export async function sshHost(
  place: SshPlace,
  options: ConnectOptions & Partial<Patience> = {},
): Promise<Host> {
  const client = await connect(place, options);
  const patience: Patience = {
    graceMs: options.graceMs ?? PATIENCE.graceMs,
    outputWaitMs: options.outputWaitMs ?? PATIENCE.outputWaitMs,
  };
  let isLost = false;
  client.once("close", () => {
    isLost = true;
  });

  const start: Start = async (argv, env, rest) => {
    if (isLost) throw new AppError("SSH_CONNECT", "the connection is lost");
    const child = await open(client, remoteCommand(argv, env), argv[0] ?? "");
    return supervise(child, { ...rest, patience });
  };

  return makeHost("ssh", start, () => close(client, () => isLost));
}

/** Listens at once: the end of a short program may come with the answer that opens its channel. */
function open(client: Client, command: string, program: string): Promise<Child> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new AppError("SSH_CONNECT", "the connection is lost"));
    client.once("close", lost);
    client.exec(command, (error, channel) => {
      client.off("close", lost);
      if (error) reject(new AppError("SSH_CONNECT", "no channel was opened", { cause: error }));
      else resolve(started(client, channel, program));
    });
  });
}

/** Resolves when the server has said that the program runs. */
function started(client: Client, channel: ClientChannel, program: string): Promise<Child> {
  const stderr = new PassThrough();
  const ended = Promise.withResolvers<Ending>();
  channel.on("error", () => undefined);
  channel.once("exit", (code: number | null, signal?: string) =>
    ended.resolve({ code, signal: signal ? `SIG${signal.replace(/^SIG/, "")}` : null }),
  );
  channel.once("close", () => {
    stderr.end();
    // Without an exit status before it, the connection ended, not the program.
    ended.resolve({ code: null, signal: "CONNECTION_LOST" });
  });

  return new Promise((resolve, reject) => {
    let head = "";
    const fail = (error: AppError): void => {
      clearTimeout(timer);
      reject(error);
      channel.stderr.resume();
      channel.resume();
      channel.close();
    };
    const onData = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      const said = announcementIn(head);
      if (said?.kind === "started") {
        clearTimeout(timer);
        channel.stderr.off("data", onData);
        stderr.write(Buffer.from(said.rest, "latin1"));
        channel.stderr.pipe(stderr);
        resolve(childOf(client, channel, stderr, ended, said.pid));
      } else if (said?.kind === "missing") {
        const message = `cannot start ${program}: not found on the server`;
        fail(new AppError("ENGINE_TOOL_MISSING", message, { detail: { program } }));
      } else if (head.length > ANNOUNCEMENT_CHARACTERS_MAX) {
        fail(new AppError("SSH_CONNECT", "the server's shell only talks"));
      }
    };
    const timer = setTimeout(
      () => fail(new AppError("SSH_CONNECT", "the server's shell did not start the program")),
      START_TIMEOUT_MS,
    );
    channel.stderr.on("data", onData);
    // Not with the exit status: OpenSSH may send it before what the program said last.
    const onOver = (): void => {
      if (announcementIn(head) === null) {
        fail(new AppError("SSH_CONNECT", "the server's shell ended before the program"));
      }
    };
    channel.stderr.once("end", onOver);
    channel.once("close", onOver);
  });
}

function childOf(
  client: Client,
  channel: ClientChannel,
  stderr: PassThrough,
  ended: PromiseWithResolvers<Ending>,
  pid: number,
): Child {
  return {
    stdin: channel,
    stdout: channel,
    stderr,
    ended: ended.promise,
    // Not the protocol's own signal request: OpenSSH refuses it for root.
    signal: (name) => {
      try {
        client.exec(killCommand(pid, name), (_error, killer) => killer?.resume().stderr.resume());
      } catch {
        // The connection is lost, and with it the program.
      }
    },
    release: () => {
      channel.close();
      ended.resolve({ code: null, signal: "SIGKILL" });
    },
  };
}

function close(client: Client, isLost: () => boolean): Promise<void> {
  if (isLost()) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => client.destroy(), 2_000);
    client.once("close", () => {
      clearTimeout(force);
      resolve();
    });
    client.end();
  });
}
