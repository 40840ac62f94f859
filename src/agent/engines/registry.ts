import type { EngineId } from "#protocol/manifest.ts";
import { directory } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { mariadb } from "./mariadb.ts";
import { postgres } from "./postgres.ts";
import { sqlite } from "./sqlite.ts";

/** Every kind of target the agent can back up and restore. */
export const ENGINES = { postgres, mariadb, sqlite, directory } satisfies Record<EngineId, Engine>;
