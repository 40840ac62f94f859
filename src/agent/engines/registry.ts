import type { EngineId } from "#protocol/manifest.ts";
import { directory } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { mariadb } from "./mariadb.ts";
import { mariadbServer } from "./mariadb-server.ts";
import { postgres } from "./postgres.ts";
import { postgresCluster } from "./postgres-cluster.ts";
import { sqlite } from "./sqlite.ts";
import { vm } from "./vm.ts";

/** Every kind of target the agent can back up and restore. */
export const ENGINES = {
  postgres,
  mariadb,
  sqlite,
  directory,
  vm,
  "postgres-cluster": postgresCluster,
  "mariadb-server": mariadbServer,
} satisfies Record<EngineId, Engine>;
