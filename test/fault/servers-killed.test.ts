import { type KilledSuite, killedSuite } from "./killed-suite.ts";
import { mariadbServerPlace } from "./places/mariadb.ts";
import { clusterPlace } from "./places/postgres.ts";

/** Each kill costs the start of a server or two: without PULIH_FAULT=full only what decides. */
const CHOSEN: KilledSuite["chosen"] = {
  backup: [/^during dump runs .*(pgbackrest|mariabackup)/],
  restore: [/^during swap runs mv /, /^before journal committed/],
  again: [/^during rollback runs mv .* data\.r_/],
  lost: [/^before swap runs mv /, /^before journal committed/],
  preview: [/^before .*\.compare/],
  rollback: [/^before journal swap/, /^during rollback runs mv /],
  drop: [/^lease/, /^during dropOld runs rm .*data\.r_/],
  drill: [/^before .*\.digest/],
};

killedSuite("a PostgreSQL cluster", {
  engine: "postgres-cluster",
  open: clusterPlace,
  level: "L4",
  chosen: CHOSEN,
});

killedSuite("a MariaDB server", {
  engine: "mariadb-server",
  open: mariadbServerPlace,
  level: "L4",
  chosen: CHOSEN,
});
