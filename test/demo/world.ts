/** The throw-away surroundings of the demo: servers, data, vaults and the agent's config. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { mariadbAvailable, startMariadb } from "#support/mariadb.ts";
import { postgresAvailable, startPostgres } from "#support/postgres.ts";
import { sshdAvailable, startSshd } from "#support/sshd.ts";
import {
  directoryHolding,
  type Holding,
  mariadbHolding,
  postgresHolding,
  sqliteHolding,
} from "./holdings.ts";

export interface World {
  /** The database server of SOP A. */
  readonly database: Holding;
  /** The application of SOP B: its database and its files. */
  readonly application: readonly Holding[];
  readonly agentConfig: string;
  /** What this machine has no program for. */
  readonly leftOut: readonly string[];
}

export async function buildWorld(
  directory: string,
  portal: string,
  stack: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<World> {
  const leftOut: string[] = [];
  const available = (name: string, there: boolean): boolean => {
    if (!there) leftOut.push(name);
    return there;
  };

  const ssh = available("SSH", await sshdAvailable()) ? stack.use(await startSshd()) : null;
  say(ssh ? "sshd sementara berjalan" : "tanpa SSH: sasaran berada di mesin ini");
  let database: Holding;
  if (available("PostgreSQL", await postgresAvailable())) {
    database = postgresHolding(stack.use(await startPostgres()), "kependudukan-db");
    say("PostgreSQL sementara berjalan");
  } else {
    database = sqliteHolding(join(directory, "kependudukan.db"), "kependudukan-db");
  }
  let applicationDatabase: Holding;
  if (available("MariaDB", await mariadbAvailable())) {
    const server = stack.use(await startMariadb());
    applicationDatabase = mariadbHolding(server, await server.optionFile(), "perizinan-db");
    say("MariaDB sementara berjalan");
  } else {
    applicationDatabase = sqliteHolding(join(directory, "perizinan.db"), "perizinan-db");
  }
  const files = join(directory, "perizinan-aplikasi");
  await mkdir(files, { recursive: true });
  const application = [applicationDatabase, directoryHolding(files, "perizinan-berkas")];
  for (const holding of [database, ...application]) await holding.fill();

  const secret = async (name: string): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
    return path;
  };
  const withRestic = available("restic", existsSync("/usr/bin/restic"));
  const objects = {
    alias: "vault-berkas",
    jenis: "objects",
    direktori: join(directory, "vault-berkas"),
    berkasKunci: await secret("vault-berkas.kunci"),
  };
  const restic = {
    alias: "vault-utama",
    jenis: "restic",
    repositori: join(directory, "vault-utama"),
    berkasSandi: await secret("vault-utama.sandi"),
  };
  const local = { jenis: "lokal" };
  const overSsh = ssh
    ? {
        jenis: "ssh",
        host: ssh.host,
        port: ssh.port,
        pengguna: ssh.user,
        berkasKunci: ssh.keyFile,
        kunciHost: ssh.hostKey,
      }
    : local;
  const target = (holding: Holding, tempat: unknown, vault: string) => ({
    alias: holding.alias,
    engine: holding.engine,
    vault,
    tempat: holding.engine === "sqlite" ? local : tempat,
    izin: ["backup", "restore", "check"],
    ...holding.config,
  });
  const mainVault = withRestic ? restic.alias : objects.alias;
  const agentConfig = join(directory, "agen.yaml");
  await writeFile(
    agentConfig,
    stringify({
      portal,
      data: join(directory, "agen"),
      vaults: withRestic ? [restic, objects] : [objects],
      targets: [
        target(database, local, mainVault),
        target(applicationDatabase, overSsh, mainVault),
        target(application[1] as Holding, overSsh, objects.alias),
      ],
    }),
  );
  return { database, application, agentConfig, leftOut };
}
