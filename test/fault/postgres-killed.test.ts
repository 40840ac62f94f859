import { killedSuite } from "./killed-suite.ts";
import { postgresPlace } from "./places/postgres.ts";

killedSuite("a PostgreSQL database", {
  engine: "postgres",
  open: postgresPlace,
  level: "L4",
  chosen: {
    backup: [/^during dump runs pg_dump /, /^before vault.putManifest/],
    restore: [/^during loadSide runs pg_restore/, /swap says .*RENAME/, /journal (swap|committed)/],
    again: [/^after rollback says .*RENAME/],
    lost: [/^after swap says .*RENAME/, /^before journal committed/],
    preview: [/^before postgres.compare/],
    rollback: [/^before journal (swap|committed)/, /^after rollback says .*RENAME/],
    drop: [/^lease/, /^after dropOld says .*DROP/],
    drill: [/^before postgres.digest/],
  },
});
