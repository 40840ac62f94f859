import { chmod, mkdtemp, open, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TargetConfig, type TargetOf } from "#agent/config.ts";
import type { EngineIo } from "#agent/engines/engine.ts";
import { mariadbServer } from "#agent/engines/mariadb-server.ts";
import { sshHost } from "#agent/ssh/host.ts";
import { isAppError } from "#domain/errors.ts";
import { storeDump } from "#support/engine-dump.ts";
import { localIo } from "#support/engine-io.ts";
import { eventually } from "#support/eventually.ts";
import {
  type MariadbFiles,
  type MariadbTemplate,
  mariadbServerTarget,
  mariadbTemplate,
} from "#support/mariadb-files.ts";
import { startSshd } from "#support/sshd.ts";
import { dumpToFile, type EngineFixture, engineSuite } from "./engine-suite.ts";
import { definitions } from "./unit-changes.ts";

/** A name that a shell, an option parser and a careless quoter each would trip over. */
const ODD = `arsip "2026" = 'é' $(x); %`;
const quoted = `\`${ODD}\``;

type Fixture = EngineFixture & {
  readonly target: TargetOf<"mariadb-server">;
  readonly server: MariadbFiles;
};

describe("MariaDB server", () => {
  let template: MariadbTemplate;
  beforeAll(async () => {
    template = await mariadbTemplate(async (sql) => {
      await sql(
        "",
        `CREATE DATABASE ${quoted}; CREATE DATABASE kedua;
         CREATE USER aplikasi@localhost IDENTIFIED BY 'rahasia-1'; GRANT SELECT ON kedua.* TO aplikasi@localhost;
         USE ${quoted};
         CREATE TABLE pegawai (id INT PRIMARY KEY, nama VARCHAR(200), foto BLOB, KEY (nama));
         INSERT INTO pegawai SELECT seq, CONCAT('N\u00e4ma ', seq), UNHEX(MD5(seq)) FROM seq_1_to_2000;
         CREATE TABLE mutasi (id INT PRIMARY KEY, pegawai INT, FOREIGN KEY (pegawai) REFERENCES pegawai (id));
         INSERT INTO mutasi SELECT seq, seq FROM seq_1_to_200;
         CREATE VIEW daftar AS SELECT id, nama FROM pegawai;
         CREATE TRIGGER rapikan BEFORE INSERT ON pegawai FOR EACH ROW SET NEW.nama = TRIM(NEW.nama);
         CREATE TABLE lama (n INT) ENGINE = MyISAM; INSERT INTO lama SELECT seq FROM seq_1_to_30;
         CREATE TABLE kedua.surat (n INT, p VARCHAR(50)) ENGINE = Aria;
         INSERT INTO kedua.surat SELECT seq, CONCAT('perihal ', seq) FROM seq_1_to_50;`,
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
      ...mariadbServerTarget(server),
    }) as TargetOf<"mariadb-server">;
    return {
      ...{ server, io, target },
      absent: { ...target, direktori: join(server.dir, "tidak-ada") },
      damage: async () => {
        await server.sql(
          ODD,
          `UPDATE pegawai SET nama = 'x' WHERE id = 7; DROP VIEW daftar; DROP TABLE mutasi;
           DELETE FROM lama WHERE n = 3; DROP DATABASE kedua; DROP USER aplikasi@localhost`,
        );
      },
      mutate: async () => {
        await server.sql(ODD, "INSERT INTO pegawai SELECT MAX(id) + 1, 'baru', NULL FROM pegawai");
      },
      change: async () => {
        await server.sql(
          ODD,
          `UPDATE pegawai SET nama = 'lain' WHERE id IN (3, 5);
           INSERT INTO pegawai VALUES (-1, 'baru', NULL); DELETE FROM mutasi WHERE id > 150;
           INSERT INTO lama VALUES (99); CREATE DATABASE ketiga;
           CREATE TABLE ketiga.t (n INT); INSERT INTO ketiga.t VALUES (1), (2);
           CREATE USER baru@localhost; GRANT SELECT ON ketiga.* TO baru@localhost;
           GRANT SELECT (id) ON ${quoted}.pegawai TO aplikasi@localhost;
           CREATE INDEX foto ON pegawai (foto(10)); DROP VIEW daftar;
           CREATE DATABASE kosong; ALTER DATABASE kedua COMMENT 'arsip'`,
        );
        return [
          { name: `${quoted}.pegawai`, added: 0, changed: 2, lost: 1 },
          { name: `${quoted}.mutasi`, added: 50, changed: 0, lost: 0 },
          { name: `${quoted}.lama`, added: 0, changed: 0, lost: 1 },
          { name: "`ketiga`.t", added: 0, changed: 0, lost: 2 },
          ...definitions("added", [["views", `${quoted}.daftar`]]),
          ...definitions("changed", [["schemas", "kedua"]]),
          ...definitions("lost", [
            ["indexes", `${quoted}.foto ON pegawai`],
            ["schemas", "ketiga"],
            ["schemas", "kosong"],
            ["accounts", "baru@localhost"],
            ["grants", `aplikasi@localhost ON ${ODD}.pegawai`],
            ["grants", `aplikasi@localhost ON ${ODD}.pegawai (id)`],
          ]),
        ];
      },
      remove: async () => {
        await server.crash();
        await rm(server.data, { recursive: true });
      },
      question: {
        statement: `SELECT COUNT(*), MAX(id) FROM ${quoted}.pegawai`,
        answer: "2000\t2000",
        writes: `DELETE FROM ${quoted}.mutasi`,
      },
      physical: {
        harm: async ({ side }) => {
          const path = join(`${server.data}.${side}`, "kedua", "surat.MAD");
          const file = await open(path, "r+");
          await file.truncate(Math.floor((await file.stat()).size / 2));
          await file.close();
        },
      },
      independentDigest: async () =>
        [
          await server.sql(
            ODD,
            `SET group_concat_max_len = 100000000;
             SELECT MD5(GROUP_CONCAT(id, nama, IFNULL(HEX(foto), 'x') ORDER BY id)) FROM pegawai;
             SELECT GROUP_CONCAT(n ORDER BY n) FROM lama; SHOW TABLES; SHOW CREATE TABLE pegawai`,
          ),
          await server.sql(
            "",
            `SELECT schema_name FROM information_schema.schemata ORDER BY 1;
             SELECT user, host, priv FROM mysql.global_priv ORDER BY 1, 2; SELECT db, user FROM mysql.db`,
          ),
        ].join("\n"),
      breakMidDump: async () => {
        await eventually("mariabackup works", async () => {
          const counted = await server
            .sql("", "SHOW GLOBAL STATUS LIKE 'Com_backup'")
            .catch(() => "Com_backup\t1");
          return !counted.endsWith("\t0");
        });
        await server.crash();
      },
      async [Symbol.asyncDispose]() {
        await io[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  };

  engineSuite("mariadb-server", { engine: mariadbServer, start });

  const names = { side: "r_lain", old: "o_lain" };

  it("marks one exact instant although writers never pause", async () => {
    await using fixture = await start();
    const { server, target, io } = fixture;
    let isOver = false;
    const writer = (async () => {
      for (let n = 10_000; !isOver; n += 1) {
        await server.sql(
          ODD,
          `INSERT INTO pegawai VALUES (${n}, 'sibuk', NULL); DELETE FROM pegawai WHERE id = ${n - 3};
           INSERT INTO lama VALUES (${n})`,
        );
      }
    })();
    await using dump = await dumpToFile(mariadbServer, fixture).finally(() => {
      isOver = true;
    });
    await writer;
    await dump.load(names);
    expect(await mariadbServer.digest(target, "side", names, io)).toEqual(dump.report.content);
    await mariadbServer.dropSide(target, names, io);
  });

  it.each([
    ["says nothing of being complete", 'mariabackup "$@" 2>/dev/null'],
    ["ends with another code than 0", 'mariabackup "$@"; exit 3'],
    ["is missing", null],
  ])("takes no backup from a mariabackup that %s", async (_what, script) => {
    await using fixture = await start();
    const programs = await mkdtemp(join(tmpdir(), "pulih-mf-bin-"));
    const real = "/usr/bin/mariabackup";
    const text = script === null ? "exit 127" : script.replace("mariabackup", real);
    await writeFile(join(programs, "mariabackup"), `#!/bin/sh\n${versioned(real, script, text)}\n`);
    await chmod(join(programs, "mariabackup"), 0o755);
    await using io = localIo({ programs });
    await expect(dumpToFile(mariadbServer, { ...fixture, io })).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(DUMP_FAILED|TOOL_MISSING)$/),
    });
    await rm(programs, { recursive: true });
  });

  it("refuses a server whose data lie partly elsewhere", async () => {
    await using fixture = await start();
    const { server, target, io } = fixture;
    expect((await mariadbServer.inspect(target, io)).identity).not.toBe("");
    await server.crash();
    await rename(join(server.data, "kedua"), join(server.dir, "luar"));
    await symlink(join(server.dir, "luar"), join(server.data, "kedua"));
    await mariadbServer.reopen(target, names, io);
    const unsupported = { code: "ENGINE_UNSUPPORTED" };
    await expect(mariadbServer.inspect(target, io)).rejects.toMatchObject(unsupported);
    await expect(dumpToFile(mariadbServer, fixture)).rejects.toMatchObject(unsupported);
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
    await using dump = await storedInTime(target, io);
    await fixture.damage();
    await mariadbServer.preflight(target, dump.manifest, io);
    await dump.load(names);
    expect(await mariadbServer.digest(target, "side", names, io)).toEqual(dump.report.content);
    await mariadbServer.quiesce(target, names, io);
    await mariadbServer.swap(target, names, io);
    await mariadbServer.reopen(target, names, io);
    expect(await fixture.independentDigest()).toBe(wanted);
  });
});

/** As a backup does it: an instant that was missed is waited for again. */
async function storedInTime(target: TargetConfig, io: EngineIo) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await storeDump(mariadbServer, target, io);
    } catch (error) {
      const isMissed = isAppError(error) && error.detail["changedWhileRead"] === true;
      if (!isMissed || attempt === 5) throw error;
    }
  }
}

/** Its version is asked before it is used. */
function versioned(real: string, script: string | null, text: string): string {
  return script === null ? text : `[ "$1" = --version ] && exec ${real} --version\n${text}`;
}
