/** What may go wrong while a SQL database is restored: it ends in the side copy, and what is live stays. */
import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VerifiedBackup } from "#agent/backup/open-manifest.ts";
import type { ErrorCode } from "#domain/errors.ts";
import { localIo } from "#support/engine-io.ts";
import { eventually } from "#support/eventually.ts";
import { type SmallDisk, smallDisk } from "#support/small-disk.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";
import { boundsShortened } from "./held-program.ts";
import { MARIADB, POSTGRES, type SqlServer, type SqlTarget } from "./sql-servers.ts";
import { type SqlWorld, sqlWorld } from "./sql-world.ts";

const run = promisify(execFile);
const isFull = process.env["PULIH_FAULT"] === "full";
const DAMAGE = "DELETE FROM warga WHERE id > 100";

describe.each([POSTGRES, MARIADB])("a restore of $id", (kind) => {
  const { id } = kind;
  let server: SqlServer;
  let target: SqlTarget;
  let one: SqlWorld;
  let backup: VerifiedBackup;
  let damaged: string;
  beforeAll(async () => {
    server = await kind.start();
    target = await server.database("sasaran");
    one = await sqlWorld(server, target);
    backup = await one.backUp();
    await server.sql(target.database, DAMAGE);
    damaged = await server.state(target.database);
  });
  afterAll(async () => {
    await one[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  /** The same agent after its programs or settings have changed. */
  const later = (options: Parameters<typeof sqlWorld>[2]) =>
    sqlWorld(server, target, { ...options, dir: one.dir });

  it.each(kind.forRestore)(
    "names %s where it is not installed, before anything is done",
    {
      tags: shows(id, 33),
    },
    async (program) => {
      await using lacking = await later({ without: program });
      await expect(lacking.restore(backup)).rejects.toMatchObject({
        code: "ENGINE_TOOL_MISSING",
        detail: { program: expect.stringMatching(new RegExp(`/${program}$`)) },
      });
      expect(lacking.told.filter(({ phase }) => phase !== "preflight")).toEqual([]);
      await one.assertAftermath([damaged], [backup]);
    },
  );

  it("is refused of a newer server's backup before anything is touched", {
    tags: shows(id, 35),
  }, async () => {
    const newer = { ...backup.manifest, ...kind.ofNewer(backup.manifest) };
    await using io = localIo();
    await expect(kind.engine.preflight(target, newer, io)).rejects.toMatchObject({
      code: "ENGINE_VERSION",
      detail: { backup: expect.anything() },
    });
    await one.assertAftermath([damaged], [backup]);
  });
});

/** A session that hears nothing is waited for five times on the one server, which takes a minute. */
const WITH_STUBBORN_USERS = isFull ? [POSTGRES, MARIADB] : [MARIADB];

describe.each(WITH_STUBBORN_USERS)("a restore of $id while somebody cannot be kept out", (kind) => {
  it("fails with live data as they were, and open", { tags: shows(kind.id, 36) }, async () => {
    await using server = await kind.start();
    await using dir = await tempDir();
    await boundsShortened(kind.id, dir.path);
    const target = await server.database("sasaran");
    await using one = await sqlWorld(server, target, { programs: dir.path });
    const backup = await one.backUp();
    await server.sql(target.database, DAMAGE);
    const damaged = await server.state(target.database);
    {
      await using _ = await server.stubbornUser(target.database);
      await expect(one.restore(backup)).rejects.toMatchObject({ code: "ENGINE_BUSY" });
    }
    await one.assertAftermath([damaged], await one.backups());
    await server.sql(target.database, "UPDATE zona SET isi = isi");
  });
});

describe("a restore into a place without room", () => {
  it("ends in the side copy, in a data directory of PostgreSQL that the agent cannot see", {
    tags: shows("postgres", 26),
  }, async () => {
    await using disk = await smallDisk(160);
    await using server = await disk.within(() => POSTGRES.start());
    const target = await server.database("sasaran");
    // What is on its way to the disk is there, and the next entries of the log have their place.
    await server.sql("postgres", "SELECT pg_switch_wal()");
    await server.sql("postgres", "CHECKPOINT");
    await assertNoRoom(server, target, disk, "ENGINE_SPACE", { without: "df" });
  });

  it("ends in the side copy, in a tablespace of PostgreSQL", {
    tags: shows("postgres", 26),
  }, async () => {
    await using disk = await smallDisk(60);
    await using server = await POSTGRES.start();
    const place = join(disk.path, "kecil");
    await run("install", ["-d", "-o", "postgres", place]);
    await server.sql("postgres", `CREATE TABLESPACE kecil LOCATION '${place}'`);
    const target = await server.database("sasaran", "TABLESPACE kecil");
    await server.sql("postgres", "CHECKPOINT");
    await assertNoRoom(server, target, disk, "ENGINE_SPACE");
  });

  it("ends in the side copy, in the data directory of MariaDB", {
    tags: shows("mariadb", 26),
  }, async () => {
    await using disk = await smallDisk(220);
    await using server = await disk.within(() => MARIADB.start({ "innodb-log-file-size": "8M" }));
    const target = await server.database("sasaran");
    // Rows that InnoDB takes in bulk fail at their commit, and the server does not pass on why.
    await assertNoRoom(server, target, disk, "ENGINE_SPACE");
  });

  it("ends in the side copy, in a data directory of MariaDB that the agent cannot see", {
    tags: shows("mariadb", 26),
  }, async () => {
    await using disk = await smallDisk(220);
    await using server = await disk.within(() => MARIADB.start({ "innodb-log-file-size": "8M" }));
    const target = await server.database("sasaran");
    // Nobody can say for certain what it was.
    await assertNoRoom(server, target, disk, "ENGINE_LOAD_FAILED", { without: "df" });
  });

  it("stops before the log of PostgreSQL has none, which would stop the server", {
    tags: shows("postgres", 26),
  }, async () => {
    await using disk = await smallDisk(260);
    await using server = await disk.within(() => POSTGRES.start());
    const target = await server.database("sasaran");
    await using one = await sqlWorld(server, target);
    const backup = await one.backUp();
    const live = await server.state(target.database);
    await using io = localIo();
    await using stream = await silentStream();
    const loading = POSTGRES.engine.loadSide(
      target,
      { side: "r_penuh", old: "o_penuh" },
      backup.manifest,
      stream.fd,
      io,
    );
    const refused = expect(loading).rejects.toMatchObject({ code: "ENGINE_SPACE" });
    await eventually("the load has begun", async () => (await server.copies()).length === 1);
    await disk.fillBut(20);
    await refused;
    await one.assertAftermath([live], [backup]);
  });

  it("is refused before anything is done where PostgreSQL lacks room for its log", {
    tags: shows("postgres", 26),
  }, async () => {
    await using disk = await smallDisk(160);
    await using server = await disk.within(() => POSTGRES.start());
    const target = await server.database("sasaran");
    await using one = await sqlWorld(server, target);
    const backup = await one.backUp();
    const live = await server.state(target.database);
    await disk.fillBut(20);
    await expect(one.restore(backup)).rejects.toMatchObject({ code: "ENGINE_SPACE" });
    expect(one.told.filter(({ phase }) => phase === "side")).toEqual([]);
    await one.assertAftermath([live], [backup]);
  });
});

/** Room for the beginning of a copy, not for all of it; and for all of it once there is room again. */
async function assertNoRoom(
  server: SqlServer,
  target: SqlTarget,
  disk: SmallDisk,
  code: ErrorCode,
  options: Parameters<typeof sqlWorld>[2] = {},
): Promise<void> {
  await using one = await sqlWorld(server, target, options);
  const whole = await server.state(target.database);
  const backup = await one.backUp();
  await server.sql(target.database, DAMAGE);
  const damaged = await server.state(target.database);
  await disk.fillBut(3);
  await expect(one.restore(backup)).rejects.toMatchObject({ code });
  expect(one.told.filter(({ phase }) => phase === "side")).not.toEqual([]);
  await one.assertAftermath([damaged], [backup]);
  await server.sql(target.database, "INSERT INTO zona VALUES (3, 'tiga')");
  await disk.free();
  await one.restore(backup);
  expect(await server.state(target.database)).toBe(whole);
}

/** A stream that neither gives anything nor ends. */
async function silentStream() {
  const dir = await tempDir();
  const path = join(dir.path, "aliran");
  await run("mkfifo", [path]);
  const file = await open(path, "r+");
  return {
    fd: file.fd,
    async [Symbol.asyncDispose]() {
      await file.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}
