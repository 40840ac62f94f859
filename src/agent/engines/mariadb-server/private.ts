import type { Host } from "../../process/host.ts";
import type { EngineIo } from "../engine.ts";
import { makeSocketFolder, whenItAnswers } from "../private-server.ts";
import type { Owner } from "../server-folder.ts";
import type { PrivateServer, RunAs } from "../server-keeping.ts";
import type { ServerTarget } from "./server.ts";

const STOP_MS_MAX = 24 * 60 * 60 * 1000;

const ALONE = [
  ...["--skip-networking", "--skip-slave-start", "--general-log=0", "--slow-query-log=0"],
  ...["--loose-wsrep-on=OFF", "--event-scheduler=OFF", "--performance-schema=OFF"],
  // Where the settings lead elsewhere, the copy must not follow.
  ...["--innodb-data-home-dir=", "--loose-feedback=OFF"],
];

/** A copy runs beside the live server: small, and with no log that both would write. */
const COPY_ONLY = [
  ...[
    "--skip-log-bin",
    "--innodb-buffer-pool-size=128M",
    "--innodb-buffer-pool-dump-at-shutdown=0",
  ],
  ...["--aria-pagecache-buffer-size=16M", "--key-buffer-size=16M"],
];

/**
 * Runs the server over a data folder, for the agent alone. A folder whose accounts may be of another
 * day is opened without asking for any: the socket lies where only its owner and root come in.
 */
export async function runPrivately(
  target: ServerTarget,
  owner: Owner,
  host: Host,
  folder: string,
  as: RunAs,
  io: EngineIo,
): Promise<PrivateServer> {
  const socket = await makeSocketFolder(folder, "s", owner, io);
  const path = `${socket}/s`;
  await host.run(["dd", `of=${optionFileIn(socket)}`, "status=none"], {
    input: `!include ${target.berkasOpsi}\n[client]\nhost=localhost\nsocket="${path}"\n`,
  });
  const running = await host.spawn([
    ...["mariadbd", `--defaults-file=${target.berkasKonfigurasi}`],
    ...[`--datadir=${folder}`, `--innodb-log-group-home-dir=${folder}`],
    // Its temporary files go where they are cleared with it; the usual place may be full.
    ...[`--socket=${path}`, `--pid-file=${socket}/pid`, `--tmpdir=${socket}`, ...ALONE],
    ...(as === "live" ? [] : ["--skip-grant-tables"]),
    ...(as === "copy" ? COPY_ONLY : []),
  ]);
  const ask = (...words: string[]) => [
    ...["mariadb-admin", `--defaults-file=${optionFileIn(socket)}`, "--connect-timeout=10"],
    ...words,
  ];
  return await whenItAnswers(
    {
      ...{ socket, exit: running.exit },
      // As the agent itself, which may read the option file that is included.
      answers: async () => (await io.host.run(ask("ping"))).code === 0,
      stop: async () => {
        const { code } = await io.host.run(ask("shutdown"), { timeoutMs: STOP_MS_MAX });
        // A server that does not take the account's word is told by signal, which it obeys as well.
        if (code !== 0) running.kill();
      },
    },
    io,
  );
}

export function optionFileIn(socket: string): string {
  return `${socket}/client.cnf`;
}
