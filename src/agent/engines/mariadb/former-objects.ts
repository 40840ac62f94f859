import type { SqlSession } from "../sql-session.ts";
import type { Io, MariadbTarget } from "./connect.ts";
import { schemaExists, shapeOf } from "./objects.ts";
import type { Scripts } from "./plan.ts";
import { scriptOf, triggerScripts } from "./script-of.ts";

/** What does not move with the tables of the live schema, and has to be made again by a rollback. */
export interface FormerObjects {
  readonly existed: boolean;
  readonly scripts: Scripts;
  readonly events: string;
  /** As it was when these were read; while it is the same they are true. */
  readonly shape: string;
}

/** Reads them. The tool that writes them is started once for each kind, which takes its time. */
export async function formerObjectsOf(
  target: MariadbTarget,
  session: SqlSession,
  io: Io,
): Promise<FormerObjects> {
  const live = target.database;
  const shape = await shapeOf(session, live);
  if (!(await schemaExists(session, live))) {
    return {
      existed: false,
      scripts: { triggers: {}, views: "", routines: "" },
      events: "",
      shape,
    };
  }
  const [scripts, events] = await Promise.all([
    scriptsOf(target, session, live, io),
    scriptOf(target, session, live, "events", io),
  ]);
  return { existed: true, scripts, events, shape };
}

/** Triggers, views and routines of a schema. */
export async function scriptsOf(
  target: MariadbTarget,
  session: SqlSession,
  schema: string,
  io: Io,
): Promise<Scripts> {
  const [triggers, views, routines] = await Promise.all([
    triggerScripts(target, session, schema, io),
    scriptOf(target, session, schema, "views", io),
    scriptOf(target, session, schema, "routines", io),
  ]);
  return { triggers, views, routines };
}
