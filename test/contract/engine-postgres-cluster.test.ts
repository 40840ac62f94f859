import { chown, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TargetOf } from "#agent/config.ts";
import { TargetConfig } from "#agent/config.ts";
import { postgresCluster } from "#agent/engines/postgres-cluster.ts";
import { sshHost } from "#agent/ssh/host.ts";
import {
  type ClusterServer,
  type ClusterTemplate,
  clusterTarget,
  clusterTemplate,
} from "#support/cluster.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { eventually } from "#support/eventually.ts";
import { startSshd } from "#support/sshd.ts";
import { dumpToFile, type EngineFixture, engineSuite } from "./engine-suite.ts";
import { definitions } from "./unit-changes.ts";

/** A name that a shell, a connection string and a careless quoter each would trip over. */
const ODD = `arsip "2026" = 'é' $(x); %`;
const quoted = `"${ODD.replaceAll('"', '""')}"`;

type Fixture = EngineFixture & {
  readonly target: TargetOf<"postgres-cluster">;
  readonly server: ClusterServer;
};

describe("PostgreSQL cluster", () => {
  let template: ClusterTemplate;
  beforeAll(async () => {
    template = await clusterTemplate(async (psql) => {
      await psql("postgres", `CREATE ROLE "aplikasi é" LOGIN PASSWORD 'rahasia-1'`);
      await psql("postgres", `CREATE ROLE pemeriksa; GRANT pemeriksa TO "aplikasi é"`);
      await psql("postgres", `CREATE DATABASE ${quoted} OWNER "aplikasi é"`);
      await psql("postgres", "CREATE DATABASE kedua");
      await psql(
        ODD,
        `CREATE TABLE pegawai (id int PRIMARY KEY, nama text, foto bytea);
         INSERT INTO pegawai SELECT n, E'N\\u00e4ma ' || n, decode(md5(n::text), 'hex')
           FROM generate_series(1, 2000) n;
         CREATE TABLE mutasi (id int PRIMARY KEY, pegawai int REFERENCES pegawai);
         INSERT INTO mutasi SELECT n, n FROM generate_series(1, 200) n;
         CREATE UNLOGGED TABLE sementara AS SELECT 1 AS n;
         CREATE VIEW daftar AS SELECT id, nama FROM pegawai;
         SELECT lo_from_bytea(0, decode(repeat('00ff', 3000), 'hex'))`,
      );
      await psql(
        "kedua",
        "CREATE TABLE surat AS SELECT n, 'perihal ' || n AS p FROM generate_series(1, 50) n",
      );
    });
  });
  afterAll(() => template[Symbol.asyncDispose]());

  const start = async (): Promise<Fixture> => {
    const server = await template.start();
    const io = localIo();
    const target = TargetConfig.parse({
      alias: "induk",
      vault: "utama",
      izin: ["backup", "restore"],
      ...clusterTarget(server),
    }) as TargetOf<"postgres-cluster">;
    return {
      ...{ server, io, target },
      absent: { ...target, direktori: join(server.dir, "tidak-ada") },
      damage: async () => {
        await server.psql(
          ODD,
          "UPDATE pegawai SET nama = 'x' WHERE id = 7; DROP VIEW daftar; DROP TABLE mutasi",
        );
        await server.psql("postgres", `DROP DATABASE kedua; ALTER ROLE "aplikasi é" NOLOGIN`);
      },
      mutate: async () => {
        await server.psql(ODD, "INSERT INTO pegawai SELECT max(id) + 1, 'baru' FROM pegawai");
      },
      change: async () => {
        await server.psql(
          ODD,
          `UPDATE pegawai SET nama = 'lain' WHERE id IN (3, 5);
           INSERT INTO pegawai VALUES (-1, 'baru', NULL); DELETE FROM mutasi WHERE id > 150;
           CREATE INDEX baru ON pegawai (nama); GRANT SELECT ON mutasi TO PUBLIC`,
        );
        await server.psql("kedua", "INSERT INTO surat VALUES (99, 'baru')");
        await server.psql(
          "postgres",
          `CREATE ROLE "baru é" LOGIN PASSWORD 'rahasia-2'; GRANT pemeriksa TO "baru é";
           ALTER ROLE "baru é" SET work_mem = '9MB'; ALTER ROLE pemeriksa SET work_mem = '9MB';
           ALTER ROLE "aplikasi é" PASSWORD 'rahasia-3'; REVOKE pemeriksa FROM "aplikasi é"`,
        );
        await server.psql("postgres", "CREATE DATABASE ketiga");
        await server.psql("postgres", "ALTER DATABASE kedua SET jit = off");
        const name = (table: string) => `${quoted}.public.${table}`;
        return [
          { name: name("pegawai"), added: 0, changed: 2, lost: 1 },
          { name: name("mutasi"), added: 50, changed: 0, lost: 0 },
          { name: '"kedua".public.surat', added: 0, changed: 0, lost: 1 },
          ...definitions("lost", [
            ["indexes", `${quoted}.baru ON public.pegawai`],
            ["grants", `${quoted}.PUBLIC ON public.mutasi`],
            ["databases", "ketiga"],
            ["accounts", '"baru é"'],
            ["settings", "work_mem OF pemeriksa"],
            ["settings", '"kedua".jit'],
          ]),
          ...definitions("changed", [["accounts", '"aplikasi é"']]),
          ...definitions("added", [["grants", '"aplikasi é" ON ROLE pemeriksa']]),
        ];
      },
      remove: async () => {
        await server.crash();
        await rm(server.data, { recursive: true });
      },
      question: {
        statement: `-- basis data: ${ODD}\nSELECT count(*), max(id) FROM pegawai`,
        answer: "2000\t2000",
        writes: `-- basis data: ${ODD}\nDELETE FROM mutasi`,
      },
      physical: {
        harm: async ({ side }) => {
          const path = await server.psql(ODD, "SELECT pg_relation_filepath('pegawai')");
          const file = await open(`${server.data}.${side}/${path}`, "r+");
          await file.write(Buffer.alloc(64, 0x5a), 0, 64, 8192 + 100);
          await file.close();
        },
      },
      independentDigest: async () =>
        [
          await server.psql(
            ODD,
            `SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM pegawai p;
             SELECT string_agg(relname::text || relkind::text, '|' ORDER BY relname) FROM pg_class
               WHERE relnamespace = 'public'::regnamespace;
             SELECT md5(lo_get(oid)) FROM pg_largeobject_metadata`,
          ),
          await server.psql(
            "postgres",
            `SELECT string_agg(datname::text || datacl::text, '|' ORDER BY datname) FROM pg_database;
             SELECT string_agg(rolname::text || rolcanlogin::text, '|' ORDER BY rolname) FROM pg_authid`,
          ),
        ].join("\n"),
      breakMidDump: async () => {
        await eventually("pgBackRest works", async () => {
          const n = await server
            .psql(
              "postgres",
              "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pgBackRest%'",
            )
            .catch(() => "1");
          return n !== "0";
        });
        await server.crash();
      },
      async [Symbol.asyncDispose]() {
        await io[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  };

  engineSuite("postgres-cluster", { engine: postgresCluster, start });

  const names = { side: "r_lain", old: "o_lain" };

  it("marks one exact instant although writers never pause", async () => {
    await using fixture = await start();
    const { server, target, io } = fixture;
    // Each holds a transaction number nearly all the time, so that only locks make a pause.
    const writers = [10_000, 20_000_000].map((from) =>
      server
        .psql(
          ODD,
          `DO $$ BEGIN FOR n IN ${from}..${from + 9_000_000} LOOP
             INSERT INTO pegawai VALUES (n, 'sibuk'); DELETE FROM pegawai WHERE id = n - 3;
             PERFORM pg_sleep(0.002); COMMIT; END LOOP; END $$`,
        )
        .catch(() => undefined),
    );
    await using dump = await dumpToFile(postgresCluster, fixture).finally(() =>
      server.psql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO %'",
      ),
    );
    await Promise.all(writers);
    expect(dump.report.recreate.restorePoint).toMatch(/_locked$/);
    await dump.load(names);
    expect(await postgresCluster.digest(target, "side", names, io)).toEqual(dump.report.content);
    await postgresCluster.dropSide(target, names, io);
  });

  it("finds a file of the repository that was changed, before anything is touched", async () => {
    await using fixture = await start();
    const { server, target, io } = fixture;
    await using dump = await dumpToFile(postgresCluster, fixture);
    const label = dump.manifest.external?.object ?? "";
    const damaged = await largestFile(join(server.repository, "backup", server.stanza, label));
    const file = await open(damaged, "r+");
    const { size } = await file.stat();
    await file.write(Buffer.alloc(32, 0x5a), 0, 32, Math.floor(size / 2));
    await file.close();
    const before = await fixture.independentDigest();
    await expect(dump.load(names)).rejects.toMatchObject({ code: "ENGINE_LOAD_FAILED" });
    expect(await postgresCluster.leftovers(target, io)).toEqual([]);
    expect(await fixture.independentDigest()).toBe(before);
  });

  it("refuses a cluster that archives nothing, or has data elsewhere", async () => {
    await using fixture = await start();
    const { server, target, io } = fixture;
    const unsupported = { code: "ENGINE_UNSUPPORTED" };
    const elsewhere = join(server.dir, "luar");
    const { uid, gid } = await stat(server.data);
    await mkdir(elsewhere);
    await chown(elsewhere, uid, gid);
    await server.psql("postgres", `CREATE TABLESPACE luar LOCATION '${elsewhere}'`);
    await expect(postgresCluster.inspect(target, io)).rejects.toMatchObject(unsupported);
    await server.psql("postgres", "DROP TABLESPACE luar");
    expect((await postgresCluster.inspect(target, io)).identity).not.toBe("");
    await server.psql("postgres", "ALTER SYSTEM SET archive_command = '/bin/true'");
    await server.psql("postgres", "SELECT pg_reload_conf()");
    await eventually("the setting holds", async () =>
      (await server.psql("postgres", "SHOW archive_command")).endsWith("true"),
    );
    await expect(postgresCluster.inspect(target, io)).rejects.toMatchObject(unsupported);
    await expect(dumpToFile(postgresCluster, fixture)).rejects.toMatchObject(unsupported);
  });

  it("goes on archiving after a restore, and backs the restored cluster up again", {
    timeout: 300_000,
  }, async () => {
    await using fixture = await start();
    const { server, target, io } = fixture;
    await using first = await dumpToFile(postgresCluster, fixture);
    await fixture.mutate();
    await using second = await dumpToFile(postgresCluster, fixture);
    await first.load(names);
    await postgresCluster.quiesce(target, names, io);
    await postgresCluster.swap(target, names, io);
    await postgresCluster.reopen(target, names, io);
    await postgresCluster.dropOld(target, names, io);
    await using third = await dumpToFile(postgresCluster, fixture);
    expect(third.report.content).toEqual(first.report.content);
    // The later one lies on the timeline that was left; it is reached all the same.
    await second.load(names);
    expect(await postgresCluster.digest(target, "side", names, io)).toEqual(second.report.content);
    await postgresCluster.dropSide(target, names, io);
    expect(await server.psql("postgres", "SELECT failed_count FROM pg_stat_archiver")).toBe("0");
  });

  it("is backed up and restored over SSH as well", { timeout: 300_000 }, async () => {
    await using sshd = await startSshd();
    await using fixture = await start();
    await using host = await sshHost({
      jenis: "ssh",
      host: sshd.host,
      port: sshd.port,
      pengguna: sshd.user,
      berkasKunci: sshd.keyFile,
      kunciHost: sshd.hostKey,
    });
    const { target } = fixture;
    const io = { ...fixture.io, host };
    const wanted = await fixture.independentDigest();
    await using dump = await storeDump(postgresCluster, target, io);
    await fixture.damage();
    await postgresCluster.preflight(target, dump.manifest, io);
    await dump.load(names);
    expect(await postgresCluster.digest(target, "side", names, io)).toEqual(dump.report.content);
    await postgresCluster.quiesce(target, names, io);
    await postgresCluster.swap(target, names, io);
    await postgresCluster.reopen(target, names, io);
    expect(await fixture.independentDigest()).toBe(wanted);
  });
});

async function largestFile(folder: string): Promise<string> {
  let largest = { path: "", size: -1 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith("backup.manifest")) continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = await stat(path);
    if (size > largest.size) largest = { path, size };
  }
  return largest.path;
}
