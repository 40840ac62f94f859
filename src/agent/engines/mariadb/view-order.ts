import { z } from "zod";
import type { SqlSession } from "../sql-session.ts";
import { inSchema } from "./connect.ts";
import { isSchema, tablesOf, viewsOf } from "./objects.ts";

const View = z.object({
  name: z.string(),
  definition: z.string(),
  /** WITH CHECK OPTION: can be made over a view only when that one is there in earnest. */
  isChecked: z.union([z.boolean(), z.int()]).transform(Boolean),
});

export interface OrderedViews {
  /** Each after those that it reads. */
  readonly names: readonly string[];
  /**
   * mariadb-dump makes views in the order of their names, over stand-ins that cannot be written
   * through: a checked view among them makes a dump that does not load.
   */
  readonly needOrder: boolean;
}

/** The views of a schema that are not broken. */
export async function viewOrder(session: SqlSession, schema: string): Promise<OrderedViews> {
  const whole = new Set(viewsOf(await tablesOf(session, schema), { broken: false }));
  const found = await session.rows(
    View,
    `SELECT JSON_OBJECT('name', table_name, 'definition', view_definition,
       'isChecked', check_option <> 'NONE')
     FROM information_schema.views WHERE ${isSchema("table_schema", schema)}
     ORDER BY BINARY table_name`,
  );
  const views = new Map(
    found.filter(({ name }) => whole.has(name)).map((view) => [view.name, view]),
  );
  const names = new Set<string>();
  const under = new Set<string>();
  const add = (name: string): void => {
    const view = views.get(name);
    // A name that only stands in a text may lead round in a circle.
    if (view === undefined || names.has(name) || under.has(name)) return;
    under.add(name);
    for (const other of views.keys()) {
      if (view.definition.includes(inSchema(schema, other))) add(other);
    }
    names.add(name);
  };
  for (const name of views.keys()) add(name);
  return { names: [...names], needOrder: [...views.values()].some(({ isChecked }) => isChecked) };
}
