import type { Host } from "../../process/host.ts";
import type { EngineIo } from "../engine.ts";
import { makeSocketFolder, whenItAnswers } from "../private-server.ts";
import type { Owner } from "../server-folder.ts";
import type { PrivateServer, RunAs } from "../server-keeping.ts";
import type { ClusterTarget } from "./cluster.ts";
import { programsOf } from "./programs.ts";

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
  const { program } = await programsOf(folder, host);
  const socket = await makeSocketFolder(folder, ".s.PGSQL.65535", owner, io);
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
  const { exit } = await host.spawn([
    ...[program("postgres"), "-D", folder],
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  const ready = [program("pg_isready"), "-q", "-h", socket, "-p", String(target.port)];
  const end = ["-D", folder, "-m", "fast", "-w", "-t", String(STOP_SECONDS_MAX), "stop"];
  return await whenItAnswers(
    {
      ...{ socket, exit },
      answers: async () => (await host.run(ready)).code === 0,
      stop: () => host.run([program("pg_ctl"), ...end], { timeoutMs: STOP_SECONDS_MAX * 1000 }),
    },
    io,
  );
}
