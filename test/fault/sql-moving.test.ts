/** A SQL database whose tables are altered, or locked, while it is backed up: one instant, or another try. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";
import { boundsShortened, heldProgram, programBefore } from "./held-program.ts";
import { MARIADB, POSTGRES, type SqlServer, type SqlTarget } from "./sql-servers.ts";
import { type SqlWorld, sqlWorld } from "./sql-world.ts";

const AGAIN = "source changed while it was read; reading it again";
const triesAgain = (one: SqlWorld) => one.logged.filter(({ message }) => message === AGAIN).length;

/** What users would read after a restore of the only backup there is. */
async function restored(one: SqlWorld): Promise<string> {
  const [backup, ...others] = await one.backups();
  if (!backup || others.length > 0) throw new Error("not one backup");
  await one.server.sql(one.target.database, "DELETE FROM warga; DELETE FROM zona");
  await one.restore(backup);
  return await one.server.state(one.target.database);
}

describe.each([POSTGRES, MARIADB])("tables of $id that are altered during the dump", (kind) => {
  const { id, dump } = kind;
  let server: SqlServer;
  let target: SqlTarget;
  beforeAll(async () => {
    server = await kind.start();
    target = await server.database("sumber");
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("are kept as they were at one instant, or at that of another try", {
    tags: shows(id, 39),
  }, async () => {
    const before = await server.state(target.database);
    await using held = await heldProgram(dump);
    await using one = await sqlWorld(server, target, { programs: held.folder });
    const backup = one.backUp();
    backup.catch(() => undefined);
    await held.begun();
    // On one server this waits for the dump, on the other it is done at once.
    let isDone = false;
    const altered = server
      .sql(target.database, "ALTER TABLE zona ADD baru INT DEFAULT 7")
      .finally(() => {
        isDone = true;
      });
    altered.catch(() => undefined);
    await eventually(
      "it waits or is done",
      async () => isDone || (await server.waiting(target.database)) > 0,
    );
    await held.release();
    await backup;
    await altered;
    expect(triesAgain(one)).toBe(id === "mariadb" ? 1 : 0);
    expect(await restored(one)).toBe(before);
    // The structure is that of the rows' own instant.
    const row = await server.sql(target.database, "SELECT * FROM zona WHERE id = 1");
    expect(row.split(/[|\t]/)).toEqual(id === "mariadb" ? ["1", "satu", "7"] : ["1", "satu"]);
  });
});

describe("tables of postgres that are written anew around the dump", () => {
  const { dump } = POSTGRES;
  let server: SqlServer;
  let databases = 0;
  beforeAll(async () => {
    server = await POSTGRES.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ["before the dump has its locks", (change: string) => `${change}; dump`],
    ["before the digest is through", (change: string) => `dump; code=$?; ${change}; exit $code`],
  ])("are read again where that is %s", { tags: shows("postgres", 39) }, async (_when, body) => {
    databases += 1;
    const target = await server.database(`sumber_${databases}`);
    const before = await server.state(target.database);
    // An older snapshot sees nothing in a table that was written anew.
    const anew = `psql -X -q -c "ALTER TABLE zona ALTER id TYPE bigint"`;
    const once = `if [ ! -e $here/once ]; then : > $here/once; ${anew}; fi`;
    await using program = await programBefore(dump, body(once));
    await using one = await sqlWorld(server, target, { programs: program.folder });
    await one.backUp();
    expect(triesAgain(one)).toBeLessThanOrEqual(1);
    expect(await restored(one)).toBe(before);
  });
});

describe.each([POSTGRES, MARIADB])("a long lock before the dump of $id", (kind) => {
  const { id, dump } = kind;
  let server: SqlServer;
  let target: SqlTarget;
  beforeAll(async () => {
    server = await kind.start();
    target = await server.database("sumber");
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("is waited for with a bound, and nobody waits for the dump afterwards", {
    tags: shows(id, 38),
  }, async () => {
    const before = await server.state(target.database);
    await using dir = await tempDir();
    // Where only the reading of a table takes its lock, somebody else takes it in the middle of the dump.
    await using held = id === "mariadb" ? await heldProgram(dump) : null;
    const programs = held?.folder ?? dir.path;
    await boundsShortened(id, programs);
    await using one = await sqlWorld(server, target, { programs });
    await using early = held === null ? await server.lock(target.database) : null;
    const refused = expect(one.backUp()).rejects.toMatchObject({
      code: "ENGINE_BUSY",
      detail: { changedWhileRead: true },
    });
    await held?.begun();
    await using lock = early ?? (await server.lock(target.database));
    await held?.release();
    await refused;
    expect(triesAgain(one)).toBe(2);
    await eventually(
      "nobody waits but who waited for the lock",
      async () => (await server.waiting(target.database)) === lock.waiting,
    );
    await lock.release();
    await one.assertAftermath([before]);
    const backup = await one.backUp();
    await one.assertAftermath([before], [backup]);
  });
});
