/** What `doctor` finds at whole servers: said in the operator's words, with what mends it. */
import { chmod, readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diagnoseTarget } from "#agent/cli/diagnose-target.ts";
import type { Finding } from "#agent/cli/finding.ts";
import { clusterTarget, clusterTemplate } from "#support/cluster.ts";
import { localIo } from "#support/engine-io.ts";
import { eventually } from "#support/eventually.ts";
import { mariadbServerTarget, mariadbTemplate } from "#support/mariadb-files.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type TestTarget, workContext } from "#support/work-context.ts";
import { scriptNamed } from "../fault/held-program.ts";

/** Findings of a target, with programs that stand before the system's. */
async function findingsOf(target: TestTarget, programs?: string): Promise<readonly Finding[]> {
  await using agent = await workContext({ targets: [target] });
  const [config] = agent.ctx.config.targets;
  if (config === undefined) throw new Error("no target");
  const openHost = async () => localIo(programs === undefined ? {} : { programs }).host;
  return (await diagnoseTarget({ ...agent.ctx, openHost }, config, [])).findings;
}

const bad = (what: RegExp, mend: RegExp) => [
  { ok: false, what: expect.stringMatching(what), mend: expect.stringMatching(mend) },
];

describe("doctor", () => {
  it("tells of a cluster that archives no WAL, or whose WAL does not arrive", async () => {
    await using template = await clusterTemplate(async () => {});
    await using server = await template.start();
    const target: TestTarget = {
      alias: "induk",
      ...clusterTarget(server),
    };
    const set = async (name: string, value: string) => {
      await server.psql("postgres", `ALTER SYSTEM SET ${name} = '${value}'`);
      await server.psql("postgres", "SELECT pg_reload_conf()");
      const now = () => server.psql("postgres", `SHOW ${name}`);
      await eventually("the setting holds", async () => (await now()) === value);
    };
    expect(await findingsOf(target)).toMatchObject([{ ok: true }]);

    await set("archive_command", "false archive-push");
    await server.psql("postgres", "SELECT pg_switch_wal()");
    const folder = join(server.data, "pg_wal", "archive_status");
    let waiting: string | undefined;
    await eventually("a segment waits", async () => {
      waiting = (await readdir(folder)).find((name) => name.endsWith(".ready"));
      return waiting !== undefined;
    });
    expect((await findingsOf(target)).every(({ ok }) => ok)).toBe(true);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, waiting ?? ""), anHourAgo, anHourAgo);
    expect(await findingsOf(target)).toMatchObject(
      bad(/tidak sampai ke arsip/, /pgbackrest.*check/),
    );

    await set("archive_command", "/bin/true");
    expect(await findingsOf(target)).toMatchObject(
      bad(/tidak mengarsipkan WAL/, /archive_command = 'pgbackrest/),
    );

    await using programs = await tempDir();
    await scriptNamed(join(programs.path, "pgbackrest"), "echo 'pgBackRest 2.10'");
    // The owner of the data runs it.
    await chmod(programs.path, 0o755);
    expect(await findingsOf(target, programs.path)).toMatchObject(
      bad(/pgbackrest 2\.10, paling rendah 2\.45/, /perbarui pgbackrest/),
    );
  });

  it("tells of a mariabackup of another series than the server's", async () => {
    await using template = await mariadbTemplate(async () => {});
    await using server = await template.start();
    const target: TestTarget = {
      alias: "induk",
      ...mariadbServerTarget(server),
    };
    expect(await findingsOf(target)).toMatchObject([{ ok: true }]);
    await using programs = await tempDir();
    const says = "echo 'mariabackup based on MariaDB server 99.1.2-MariaDB Linux (x86_64)'";
    await scriptNamed(join(programs.path, "mariabackup"), says);
    expect(await findingsOf(target, programs.path)).toMatchObject(
      bad(/server 10\.\d+\.\d+, alat 99\.1\.2/, /seri yang sama dengan server/),
    );
  });
});
