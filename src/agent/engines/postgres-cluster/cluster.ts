import { AppError } from "#domain/errors.ts";
import type { TargetConfig, TargetOf } from "../../config.ts";
import type { Host } from "../../process/host.ts";
import type { EngineIo } from "../engine.ts";
import { connect, type PostgresTarget } from "../postgres/connect.ts";
import type { Owner } from "../server-folder.ts";
import type { Keeping } from "../server-keeping.ts";
import { hostOf, ownerNamed } from "../server-owner.ts";
import type { SqlSession } from "../sql-session.ts";
import { runPrivately } from "./private.ts";
import { programsOf } from "./programs.ts";

export type ClusterTarget = TargetOf<"postgres-cluster">;

/** A cluster with the means to act on it as the owner of its data. */
export interface Cluster {
  readonly target: ClusterTarget;
  readonly io: EngineIo;
  readonly owner: Owner;
  /** Runs programs as the owner. */
  readonly asOwner: Host;
  readonly keeping: Keeping;
}

/** The registry calls an engine with targets of its own kind only. */
export function own(target: TargetConfig): ClusterTarget {
  if (target.engine !== "postgres-cluster") throw new AppError("INTERNAL", "not a cluster target");
  return { ...target, direktori: target.direktori.replace(/\/+$/, "") };
}

export async function clusterOf(given: TargetConfig, io: EngineIo): Promise<Cluster> {
  const target = own(given);
  const owner = await ownerNamed(target.pemilik, io);
  const asOwner = hostOf(owner, io.host);
  const keeping: Keeping = {
    alias: target.alias,
    folder: target.direktori,
    service: target.layanan,
    run: (folder, as, other) =>
      runPrivately(target, owner, hostOf(owner, other.host), folder, as, other),
    isUp: async (other) => await answers(target, hostOf(owner, other.host), target.soket),
  };
  return { target, io, owner, asOwner, keeping };
}

/** Whether a server accepts connections on the socket in that folder. */
export async function answers(target: ClusterTarget, host: Host, socket: string): Promise<boolean> {
  const { program } = await programsOf(target.direktori, host);
  const argv = [program("pg_isready"), "-q", "-h", socket, "-p", String(target.port)];
  return (await host.run(argv)).code === 0;
}

/** A session of the superuser in a database, over the service's socket or a private server's. */
export function session(
  cluster: Cluster,
  socket: string | null,
  database = "postgres",
): Promise<SqlSession> {
  const { at, within } = reachedBy(cluster, socket, database);
  return connect(at, database, within);
}

/** One database of the cluster as a target of its own, and the means to reach it. */
export function reachedBy(
  { target, asOwner, io }: Cluster,
  socket: string | null,
  database: string,
): { readonly at: PostgresTarget; readonly within: EngineIo } {
  const { alias, vault, tempat, izin, jadwal, ujiPulih, retensi, verifikasi } = target;
  const { port, pengguna, soket } = target;
  return {
    at: {
      ...{ alias, vault, tempat, izin, jadwal, ujiPulih, retensi, verifikasi, port, pengguna },
      engine: "postgres",
      host: socket ?? soket,
      database,
      berkasSandi: null,
    },
    within: { ...io, host: asOwner },
  };
}
