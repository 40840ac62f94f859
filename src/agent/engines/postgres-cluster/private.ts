import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "#domain/errors.ts";
import type { Host } from "../../process/host.ts";
import type { EngineIo } from "../engine.ts";
import { makeFolder, type Owner, remove } from "../server-folder.ts";
import { type PrivateServer, type RunAs, socketFolder } from "../server-keeping.ts";
import type { ClusterTarget } from "./cluster.ts";
import { programsOf } from "./programs.ts";

/** The kernel's limit of a socket's path, without ".s.PGSQL.65535". */
const SOCKET_FOLDER_BYTES_MAX = 107 - 15;
const LOOK_EVERY_MS = 50;
const STOP_SECONDS_MAX = 24 * 60 * 60;

/** Nobody but the owner and root comes into the folder of the socket. */
const NO_NETWORK = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  unix_socket_group: "",
  external_pid_file: "",
  ssl: "off",
  log_destination: "stderr",
  logging_collector: "off",
  // What acts by itself stays still: subscriptions, jobs, cleaning.
  max_logical_replication_workers: "0",
  "cron.launch_active_jobs": "off",
  autovacuum: "off",
};

/** A copy runs beside the live server: small, and never writing into the live one's WAL archive. */
const COPY_ONLY = {
  archive_mode: "off",
  hot_standby: "off",
  shared_buffers: "128MB",
  huge_pages: "off",
};

/**
 * Runs the server over a data folder, for the agent alone. A restored copy recovers first, which may
 * take long; it answers when it is through.
 */
export async function runPrivately(
  target: ClusterTarget,
  owner: Owner,
  host: Host,
  folder: string,
  as: RunAs,
  io: EngineIo,
): Promise<PrivateServer> {
  const socket = socketFolder(folder);
  if (Buffer.byteLength(socket) > SOCKET_FOLDER_BYTES_MAX) {
    throw new AppError("ENGINE_UNSUPPORTED", "the path is too long for a socket");
  }
  const { program } = await programsOf(folder, host);
  await remove(socket, io);
  await makeFolder(socket, owner, io);
  for (const [name, text] of [
    ["hba", "local all all trust\n"],
    ["ident", ""],
  ] as const) {
    await host.run(["dd", `of=${socket}/${name}`, "status=none"], { input: text });
  }
  const settings = {
    ...NO_NETWORK,
    ...(as === "copy" ? COPY_ONLY : {}),
    data_directory: folder,
    port: String(target.port),
    unix_socket_directories: socket,
    hba_file: `${socket}/hba`,
    ident_file: `${socket}/ident`,
    ...(target.berkasKonfigurasi === null ? {} : { config_file: target.berkasKonfigurasi }),
  };
  // Not bound to the signal: a server that was called off is still stopped as it should be.
  const running = await host.spawn([
    ...[program("postgres"), "-D", folder],
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  let over = false;
  void running.exit.then(() => {
    over = true;
  });
  const stop = async (): Promise<void> => {
    if (!over) {
      const argv = ["-D", folder, "-m", "fast", "-w", "-t", String(STOP_SECONDS_MAX), "stop"];
      await host.run([program("pg_ctl"), ...argv], { timeoutMs: STOP_SECONDS_MAX * 1000 });
      await running.exit;
    }
  };
  const ready = [program("pg_isready"), "-q", "-h", socket, "-p", String(target.port)];
  try {
    while ((await host.run(ready)).code !== 0) {
      if (over) {
        io.log("private server ended", { code: (await running.exit).code });
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
