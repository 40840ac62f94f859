import { AppError } from "#domain/errors.ts";
import type { TargetConfig, TargetOf } from "../../config.ts";
import type { Host } from "../../process/host.ts";
import type { EngineIo } from "../engine.ts";
import { connect, type MariadbTarget } from "../mariadb/connect.ts";
import type { Owner } from "../server-folder.ts";
import { type Keeping, keptServer } from "../server-keeping.ts";
import { hostOf, ownerNamed } from "../server-owner.ts";
import type { SqlSession } from "../sql-session.ts";
import { optionFileIn, runPrivately } from "./private.ts";

export type ServerTarget = TargetOf<"mariadb-server">;

/** A server with the means to act on it as the owner of its data. */
export interface Server {
  readonly target: ServerTarget;
  readonly io: EngineIo;
  readonly owner: Owner;
  /** Runs programs as the owner. */
  readonly asOwner: Host;
  readonly keeping: Keeping;
}

/** The registry calls an engine with targets of its own kind only. */
function own(target: TargetConfig): ServerTarget {
  if (target.engine !== "mariadb-server") throw new AppError("INTERNAL", "not a server target");
  return { ...target, direktori: target.direktori.replace(/\/+$/, "") };
}

export async function serverOf(given: TargetConfig, io: EngineIo): Promise<Server> {
  const target = own(given);
  const owner = await ownerNamed(target.pemilik, io);
  const keeping: Keeping = {
    alias: target.alias,
    folder: target.direktori,
    service: target.layanan,
    run: (folder, as, other) =>
      runPrivately(target, owner, hostOf(owner, other.host), folder, as, other),
    isUp: async ({ host }) => await answers(target.berkasOpsi, host),
  };
  return { target, io, owner, asOwner: hostOf(owner, io.host), keeping };
}

/** Whether a server answers; also one that does not let this account in. */
async function answers(optionFile: string, host: Host): Promise<boolean> {
  const argv = ["mariadb-admin", `--defaults-file=${optionFile}`, "--connect-timeout=10", "ping"];
  return (await host.run(argv)).code === 0;
}

/** The server as the engine for one schema sees it, over the service or a private server's socket. */
export function reachedBy({ target }: Server, socket: string | null): MariadbTarget {
  const { alias, vault, tempat, izin, jadwal, ujiPulih, retensi, verifikasi } = target;
  return {
    ...{ alias, vault, tempat, izin, jadwal, ujiPulih, retensi, verifikasi },
    engine: "mariadb",
    database: "",
    berkasOpsi: socket === null ? target.berkasOpsi : optionFileIn(socket),
  };
}

export function session(
  server: Server,
  socket: string | null,
  options: readonly string[] = [],
): Promise<SqlSession> {
  return connect(reachedBy(server, socket), server.io, options);
}

/** Where the live server is reached now: null for the service itself. */
export function liveSocket({ keeping }: Server): string | null {
  return keptServer(keeping)?.socket ?? null;
}
