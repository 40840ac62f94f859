/** What may go wrong while a SQL database is backed up: nothing half may ever count as a backup. */
import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "./faults.ts";
import { heldProgram, programBefore, scriptNamed } from "./held-program.ts";
import { MARIADB, POSTGRES, type SqlServer, type SqlTarget } from "./sql-servers.ts";
import { type SqlWorldOptions, sqlWorld } from "./sql-world.ts";

const run = promisify(execFile);

describe.each([POSTGRES, MARIADB])("a backup of $id", (kind) => {
  const { id, dump } = kind;
  let server: SqlServer;
  let target: SqlTarget;
  let before: string;
  beforeAll(async () => {
    server = await kind.start();
    target = await server.database("sumber");
    before = await server.state(target.database);
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const world = (options?: SqlWorldOptions) => sqlWorld(server, target, options);

  it("fails at once with a wrong password, asking once, or where nobody answers", {
    tags: shows(id, 19),
  }, async () => {
    const refusals = await server.refusals();
    await using refused = await sqlWorld(server, await server.withWrongPassword(target));
    await expect(refused.backUp()).rejects.toMatchObject({ code: "ENGINE_CONNECT" });
    await eventually("the server tells of it", async () => (await server.refusals()) > refusals);
    expect(await server.refusals()).toBe(refusals + 1);
    await refused.assertAftermath([before]);

    await using alone = await sqlWorld(server, await server.withNobodyThere(target));
    await expect(alone.backUp()).rejects.toMatchObject({ code: "ENGINE_CONNECT" });
    await alone.assertAftermath([before]);
  });

  it("fails when the server crashes in the middle", { tags: shows(id, 20) }, async () => {
    await using other = await kind.start();
    await using held = await heldProgram(dump);
    const place = await other.database("sumber");
    await using one = await sqlWorld(other, place, { programs: held.folder });
    const failed = expect(one.backUp()).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_/),
    });
    await held.begun();
    await other.crash();
    await held.release();
    await failed;
    await one.assertAftermath(null);
  });

  it("fails when only the connection of the program that dumps is ended", {
    tags: shows(id, 20),
  }, async () => {
    await using held = await heldProgram(dump);
    await using one = await world({ programs: held.folder });
    const failed = expect(one.backUp()).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_/),
    });
    await held.begun();
    await server.endDump(target.database);
    await held.release();
    await failed;
    await one.assertAftermath([before]);
  });

  it.each([
    ["cut in the middle", "dump | head -c 1000000; exit 0"],
    ["cut at its very end", "dump | head -c -9; exit 0"],
    ["empty", "exit 0"],
  ])(
    "fails where the program reports success for a dump that is %s",
    {
      tags: shows(id, 21),
    },
    async (_what, body) => {
      await using program = await programBefore(dump, body);
      await using one = await world({ programs: program.folder });
      await expect(one.backUp()).rejects.toMatchObject({ code: "ENGINE_DUMP_INCOMPLETE" });
      await one.assertAftermath([before]);
    },
  );

  it.each(["full", "ro"])(
    "needs no room for temporary files: theirs is %s",
    {
      tags: shows(id, 24),
    },
    async (how) => {
      await using dir = await tempDir();
      await using one = await world();
      const temporary = join(dir.path, "tmp");
      await mkdir(temporary);
      await run("mount", ["-t", "tmpfs", "-o", "size=64k,nr_inodes=2", "tmpfs", temporary]);
      const { TMPDIR } = process.env;
      try {
        await writeFile(join(temporary, "penuh"), Buffer.alloc(64 * 1024));
        if (how === "ro") await run("mount", ["-o", "remount,ro", temporary]);
        process.env["TMPDIR"] = temporary;
        const backup = await one.backUp();
        expect(await readdir(temporary)).toEqual(["penuh"]);
        await one.assertAftermath([before], [backup]);
      } finally {
        if (TMPDIR === undefined) delete process.env["TMPDIR"];
        else process.env["TMPDIR"] = TMPDIR;
        await run("umount", ["-l", temporary]);
      }
    },
  );

  it.each(kind.forBackup)(
    "names %s where it is not installed, before anything is done",
    {
      tags: shows(id, 33),
    },
    async (program) => {
      await using one = await world({ without: program });
      await expect(one.backUp()).rejects.toMatchObject({
        code: "ENGINE_TOOL_MISSING",
        detail: { program: expect.stringMatching(new RegExp(`/${program}$`)) },
      });
      expect(one.told.filter(({ phase }) => phase !== "preflight")).toEqual([]);
      await one.assertAftermath([before]);
    },
  );

  it("is refused before dumping where the server is newer than the program", {
    tags: shows(id, 33, 34),
  }, async () => {
    await using dir = await tempDir();
    const real = (await run("which", [dump.program])).stdout.trim();
    const called = join(dir.path, "called");
    await scriptNamed(
      join(dir.path, dump.program),
      `if [ "$*" = --version ]; then ${real} --version | sed -E '${kind.toOlder}'; exit; fi
       : > ${called}; exec ${real} "$@"`,
    );
    await using one = await world({ programs: dir.path });
    await expect(one.backUp()).rejects.toMatchObject({
      code: "ENGINE_VERSION",
      detail: {
        tool: expect.stringMatching(/^(9\.6|10\.6\.1)/),
        server: expect.stringMatching(/^\d+\.\d+/),
      },
    });
    expect(await readdir(dir.path)).toEqual([dump.program]);
    expect(one.told.filter(({ phase }) => phase !== "preflight")).toEqual([]);
    await one.assertAftermath([before]);
  });
});
