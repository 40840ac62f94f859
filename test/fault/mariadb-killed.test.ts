import { killedSuite } from "./killed-suite.ts";
import { mariadbPlace } from "./places/mariadb.ts";

killedSuite("a MariaDB schema", {
  engine: "mariadb",
  open: mariadbPlace,
  level: "L4",
  chosen: {
    backup: [/^during dump runs mariadb-dump /, /^before vault.putManifest/],
    restore: [/says .*RENAME/, /^after .* says .*'done'/, /^before journal (swap|committed)/],
    again: [/^after rollback says .*RENAME/],
    lost: [/^after swap says .*RENAME/, /^before journal committed/],
    preview: [/^before mariadb.compare/],
    rollback: [/^before journal (swap|committed)/, /^after rollback says .*RENAME/],
    drop: [/^lease/, /^after dropOld says .*DROP/],
    drill: [/^before mariadb.digest/],
  },
});
