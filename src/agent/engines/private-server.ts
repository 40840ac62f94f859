import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "#domain/errors.ts";
import type { Completed } from "../process/host.ts";
import type { EngineIo } from "./engine.ts";
import { makeFolder, type Owner, remove } from "./server-folder.ts";
import { type PrivateServer, socketFolder } from "./server-keeping.ts";

/** The kernel's limit of a socket's path. */
const SOCKET_BYTES_MAX = 107;
const LOOK_EVERY_MS = 50;

/** Makes the folder for the socket of a server over that folder: nobody but the owner and root comes in. */
export async function makeSocketFolder(
  folder: string,
  /** As the server names it there, at most. */
  socketName: string,
  owner: Owner,
  io: EngineIo,
): Promise<string> {
  const socket = socketFolder(folder);
  if (Buffer.byteLength(`${socket}/${socketName}`) > SOCKET_BYTES_MAX) {
    throw new AppError("ENGINE_UNSUPPORTED", "the path is too long for a socket");
  }
  await remove(socket, io);
  await makeFolder(socket, owner, io);
  return socket;
}

export interface Started {
  readonly socket: string;
  /** Not bound to the signal: a server that was called off is still stopped as it should be. */
  readonly exit: Promise<Completed>;
  answers(): Promise<boolean>;
  /** Ends it; it runs still. */
  stop(): Promise<unknown>;
}

/** Waits until a server that was started answers; of one that does not, nothing is left. */
export async function whenItAnswers(started: Started, io: EngineIo): Promise<PrivateServer> {
  const { socket, exit } = started;
  let over = false;
  void exit.then(() => {
    over = true;
  });
  const stop = async (): Promise<void> => {
    if (over) return;
    await started.stop();
    await exit;
  };
  try {
    while (!(await started.answers())) {
      if (over) {
        io.log("private server ended", { code: (await exit).code });
        throw new AppError("ENGINE_CONNECT", "the server does not start over the data folder");
      }
      io.signal.throwIfAborted();
      await delay(LOOK_EVERY_MS);
    }
  } catch (error) {
    await stop();
    await remove(socket, { ...io, signal: new AbortController().signal });
    throw io.signal.aborted ? new AppError("JOB_CANCELLED", "called off") : error;
  }
  return { socket, isOver: () => over, stop };
}
