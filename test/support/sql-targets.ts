import { TargetConfig, type TargetOf } from "#agent/config.ts";
import { own as ownMariadb } from "#agent/engines/mariadb/connect.ts";
import { own as ownPostgres } from "#agent/engines/postgres/connect.ts";
import type { MariadbServer } from "./mariadb.ts";
import type { PostgresServer } from "./postgres.ts";

const base = { alias: "arsip", vault: "utama", izin: ["backup", "restore"] };

/** A database of a throw-away server as the operator's config would name it. */
export function postgresTarget(server: PostgresServer, database: string): TargetOf<"postgres"> {
  const { host, port, superuser: pengguna, passFile: berkasSandi } = server;
  const place = { host, port, database, pengguna, berkasSandi };
  return ownPostgres(TargetConfig.parse({ ...base, engine: "postgres", ...place }));
}

/** As `postgresTarget`; an option file of the agent's own account where none is given. */
export async function mariadbTarget(
  server: MariadbServer,
  database: string,
  berkasOpsi?: string,
): Promise<TargetOf<"mariadb">> {
  const place = { database, berkasOpsi: berkasOpsi ?? (await server.optionFile()) };
  return ownMariadb(TargetConfig.parse({ ...base, engine: "mariadb", ...place }));
}
