import type { Host } from "../process/host.ts";

/** How each program says its version; what is not installed is left out. */
const ASK: Readonly<Record<string, readonly string[]>> = {
  restic: ["restic", "version"],
  pg_restore: ["pg_restore", "--version"],
  mariadb: ["mariadb", "--version"],
  sqlite3: ["sqlite3", "--version"],
  tar: ["tar", "--version"],
  "qemu-img": ["qemu-img", "--version"],
  "mariadb-backup": ["mariadb-backup", "--version"],
  pgbackrest: ["pgbackrest", "version"],
};

export async function toolVersions(host: Host): Promise<Record<string, string>> {
  const found = await Promise.all(
    Object.entries(ASK).map(async ([name, argv]) => {
      const ended = await host.run(argv).catch(() => null);
      // mariadb-backup says it on stderr. "Ver 15.1" is the client's own number, not the product's.
      const said = `${ended?.stdout ?? ""}${ended?.stderr ?? ""}`.replace(/Ver \S+ Distrib/, "");
      const version = /\d+\.\d+(\.\d+)*/.exec(said)?.[0];
      return ended?.code === 0 && version !== undefined ? ([[name, version]] as const) : [];
    }),
  );
  return Object.fromEntries(found.flat());
}
