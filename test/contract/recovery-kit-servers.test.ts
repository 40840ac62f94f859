/** What the kit says of whole servers, followed as a person would, with nothing of Pulih. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { clusterTarget, clusterTemplate } from "#support/cluster.ts";
import { mariadbServerTarget, mariadbTemplate } from "#support/mariadb-files.ts";
import { deskFor } from "./recovery-kit-desk.ts";

const run = promisify(execFile);

describe("a kit for whole servers, without Pulih", () => {
  it("brings a PostgreSQL cluster back, as of the backup's own instant", async () => {
    await using template = await clusterTemplate(async (psql) => {
      await psql("postgres", "CREATE ROLE aplikasi LOGIN");
      await psql("postgres", "CREATE DATABASE arsip OWNER aplikasi");
      await psql(
        "arsip",
        "CREATE TABLE warga AS SELECT n, md5(n::text) AS m FROM generate_series(1, 3000) n",
      );
    });
    await using server = await template.start();
    const sum = `SELECT count(*), sum(hashtextextended(w::text, 0)),
      (SELECT count(*) FROM pg_roles WHERE rolname = 'aplikasi') FROM warga w`;
    const before = await server.psql("arsip", sum);
    expect(before).toMatch(/^3000\|.*\|1$/);
    await using desk = await deskFor("objects", {
      ...clusterTarget(server),
    });
    // What came later is not in the backup, though its WAL is in the archive.
    await server.psql("arsip", "DELETE FROM warga");
    await server.psql("arsip", "SELECT pg_switch_wal()");
    await server.crash();
    const to = `${server.data}.kembali`;
    const told = await desk.follow((text) => moved(text, server.data, to));
    expect(told).toMatch(/^arsip\|/m);
    // Its own server is down again, and the service takes the folder.
    await rm(server.data, { recursive: true });
    await run("mv", ["-T", to, server.data]);
    const [command = "", ...args] = server.service.mulai;
    await run(command, args);
    expect(await server.psql("arsip", sum)).toBe(before);
    await server.pgbackrest("backup");
  });

  it("brings a MariaDB server back, with its accounts", async () => {
    await using template = await mariadbTemplate(async (sql) => {
      await sql(
        "",
        `CREATE DATABASE arsip; CREATE USER aplikasi@localhost IDENTIFIED BY 'rahasia-1'; USE arsip;
         CREATE TABLE warga SELECT seq AS n, MD5(seq) AS m FROM seq_1_to_3000;
         CREATE TABLE lama (n INT) ENGINE = MyISAM; INSERT INTO lama VALUES (1), (2)`,
      );
    });
    await using server = await template.start();
    const sum = `SELECT COUNT(*), SUM(CRC32(CONCAT(n, m))), (SELECT SUM(n) FROM lama),
      (SELECT COUNT(*) FROM mysql.user WHERE user = 'aplikasi') FROM warga`;
    const before = await server.sql("arsip", sum);
    expect(before).toMatch(/^3000\t\d+\t3\t1$/);
    await using desk = await deskFor("objects", {
      ...mariadbServerTarget(server),
    });
    await server.sql("arsip", "DELETE FROM warga");
    await server.crash();
    const to = join(server.dir, "kembali");
    const told = await desk.follow((text) => moved(text, server.data, to));
    expect(told).toMatch(/^arsip$/m);
    await rm(server.data, { recursive: true });
    await run("mv", ["-T", to, server.data]);
    await run(server.service.mulai[0] ?? "", []);
    await run("mariadb-admin", [`--defaults-file=${server.optionFile}`, "--wait=30", "ping"]);
    expect(await server.sql("arsip", sum)).toBe(before);
  });
});

/** The one thing a person changes: where the data go. */
function moved(text: string, from: string, to: string): string {
  expect(text).toContain(`TUJUAN='${from}'`);
  return text.replace(`TUJUAN='${from}'`, `TUJUAN='${to}'`);
}
