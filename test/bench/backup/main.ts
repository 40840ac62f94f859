/**
 * What a backup and a restore cost beside what people use instead: same data, same machine, same run.
 *
 *   npm run bench:backup -- [--json]
 *
 * PULIH_BENCH_MB: size of the dumps (default 400). PULIH_BENCH_ROUNDS: how often each is run; the best
 * counts (default 2). Debian's borgbackup, borgmatic, pgbackrest and mariadb-backup stand beside.
 */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { startMariadb } from "#support/mariadb.ts";
import { startPostgres } from "#support/postgres.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type Peer, printReport, type Row, rows } from "../report.ts";
import { type BenchAgent, benchAgent } from "./agent.ts";
import { fillMariadb, fillPostgres, settlePostgres } from "./data.ts";
import {
  borg,
  borgmatic,
  mariadbPipeline,
  missingPrograms,
  pgbackrest,
  shellPipeline,
  type Tool,
} from "./peers.ts";
import { measureServers } from "./servers.ts";
import { measureSwap } from "./swap.ts";
import { between, type Timed } from "./timed.ts";

const MEGABYTES = Number(process.env["PULIH_BENCH_MB"] ?? 400);
const ROUNDS = Number(process.env["PULIH_BENCH_ROUNDS"] ?? 2);
const BUILT = join(import.meta.dirname, "../../../dist/agent/main.js");
/** What npm links as `pulih-agent`; it runs what was built. */
const PROGRAM = join(import.meta.dirname, "../../../src/agent/launch.mjs");

/** What the program says when a stage of a backup or of a side copy begins. */
const SAYS = {
  dump: /Menyalin isi sasaran/,
  check: /Membaca ulang cadangan/,
  made: /Cadangan selesai/,
  side: /^Memulihkan/,
  verify: /Membuktikan isi salinan samping/,
  proved: /Menghapus salinan samping/,
};

const missing = await missingPrograms();
if (missing.length > 0) {
  console.error(`bench: apt-get install ${missing.join(" ")} first; they stand beside`);
  process.exit(1);
}
await stat(BUILT).catch(() => {
  console.error("bench: run npm run build first; the built agent is measured");
  process.exit(1);
});

const small = await benchSmall();
const report: Row[] = [
  ...(await benchPostgres(small.ownCpu)),
  ...(await benchMariadb(small.ownCpu)),
  ...(await benchServers()),
  ...small.rows,
];
printReport(`Backup and restore, dumps of about ${MEGABYTES} MB`, report, true);

async function benchPostgres(fixedCpu: number): Promise<Row[]> {
  await using temp = await tempDir();
  await using server = await startPostgres();
  say("postgres: filling");
  await fillPostgres(server, "uji", MEGABYTES);
  await settlePostgres(server);
  const agent = await benchAgent(PROGRAM, temp.path, [
    {
      alias: "db",
      engine: "postgres",
      host: server.host,
      port: server.port,
      database: "uji",
      pengguna: server.superuser,
      berkasSandi: server.passFile,
    },
  ]);
  const tools = [
    await shellPipeline(temp.path, server, "uji"),
    await borg(temp.path, server, "uji"),
    await borgmatic(temp.path, server, "uji"),
    await pgbackrest(temp.path, server),
  ];
  const compared = await interleaved("postgres", agent, tools);
  const restored = await restoredSide("PostgreSQL", agent, tools);
  const swap = await measureSwap(server, "uji", temp.path);
  return [...backupRows("PostgreSQL", compared, fixedCpu), ...restored, ...swap];
}

async function benchMariadb(fixedCpu: number): Promise<Row[]> {
  await using temp = await tempDir();
  await using server = await startMariadb();
  say("mariadb: filling");
  await fillMariadb(server, "uji", MEGABYTES / 2);
  const agent = await benchAgent(PROGRAM, temp.path, [
    { alias: "db", engine: "mariadb", database: "uji", berkasOpsi: await server.optionFile() },
  ]);
  const tools = [await mariadbPipeline(temp.path, server, "uji")];
  const compared = await interleaved("mariadb", agent, tools);
  return [
    ...backupRows("MariaDB", compared, fixedCpu),
    ...(await restoredSide("MariaDB", agent, tools)),
  ];
}

async function benchServers(): Promise<Row[]> {
  say("whole servers");
  return await measureServers(MEGABYTES);
}

/** What a run costs that has next to nothing to do. */
async function benchSmall(): Promise<{ readonly rows: Row[]; readonly ownCpu: number }> {
  await using temp = await tempDir();
  await using server = await startPostgres();
  await server.psql("postgres", "CREATE DATABASE kecil");
  await server.psql("kecil", "CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n");
  const agent = await benchAgent(PROGRAM, temp.path, [
    {
      alias: "db",
      engine: "postgres",
      host: server.host,
      port: server.port,
      database: "kecil",
      pengguna: server.superuser,
      berkasSandi: server.passFile,
    },
  ]);
  const tools = [
    await shellPipeline(temp.path, server, "kecil"),
    await borgmatic(temp.path, server, "kecil"),
  ];
  const { ours, peers } = await interleaved("small", agent, tools);
  const ownCpu = Math.min(...ours.map(({ ownCpuSeconds }) => ownCpuSeconds));
  const overhead = rows(
    "overhead of a run, the agent's own",
    "CPU-s",
    ownCpu,
    "≤ 0.4",
    peers.map(({ name, runs }) => ({
      name: `${name}, all of it`,
      value: Math.min(...runs.map(({ cpuSeconds }) => cpuSeconds)),
    })),
  );
  return { rows: overhead, ownCpu };
}

interface Compared {
  readonly ours: readonly Timed[];
  readonly peers: readonly { readonly name: string; readonly runs: readonly Timed[] }[];
  /** Share of the first backup's bytes that a second one of unchanged data added. */
  readonly again: number;
  /** Of the dump. */
  readonly bytes: number;
}

/** Every round begins with empty repositories, so that each run stores everything anew. */
async function interleaved(
  what: string,
  agent: BenchAgent,
  tools: readonly Tool[],
): Promise<Compared> {
  const ours: Timed[] = [];
  const runs = tools.map(() => [] as Timed[]);
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`${what}: backups, round ${round}`);
    await rm(agent.repository, { recursive: true, force: true });
    await agent.forgetStore();
    ours.push(await agent.run("backup", "db"));
    for (const [at, tool] of tools.entries()) {
      // Later rounds of the peers find their data stored already; the first one is what is compared.
      if (round === 1) runs[at]?.push(await tool.backup());
    }
  }
  const second = JSON.parse((await agent.run("backup", "db", "--json")).stdout) as {
    readonly backup: { readonly bytes: number; readonly storedBytes: number };
  };
  return {
    ours,
    peers: tools.map(({ name }, at) => ({ name, runs: runs[at] ?? [] })),
    again: (second.backup.storedBytes / second.backup.bytes) * 100,
    bytes: second.backup.bytes,
  };
}

/** `fixedCpu`: what the agent's own process takes where there is next to nothing to back up. */
function backupRows(
  engine: string,
  { ours, peers, again, bytes }: Compared,
  fixedCpu: number,
): Row[] {
  const stored = ours.map((run) => between(run, SAYS.dump, SAYS.check));
  const [byHand] = peers;
  const hand = byHand?.runs[0]?.seconds ?? Number.NaN;
  const best = Math.min(...stored);
  const seconds = peers.map(({ name, runs }): Peer => ({ name, value: runs[0]?.seconds ?? null }));
  const gigabytes = bytes / 1e9;
  const ownCpu = Math.min(...ours.map(({ ownCpuSeconds }) => ownCpuSeconds));
  return [
    ...rows(`${engine}: stored, with digests`, "s", best, null, seconds),
    ...rows(`${engine}: stored, beside ${byHand?.name}`, "×", best / hand, "≤ 1.1"),
    ...rows(
      `${engine}: read back and signed`,
      "s",
      Math.min(...ours.map((run) => between(run, SAYS.check, SAYS.made))),
    ),
    ...rows(
      `${engine}: the agent's own time beyond a small run's`,
      "CPU-s/GB",
      Math.max(0, ownCpu - fixedCpu) / gigabytes,
      "≤ 0.05",
    ),
    ...rows(
      `${engine}: the agent's memory`,
      "MB",
      Math.max(...ours.map(({ ownPeakBytes }) => ownPeakBytes)) / 1e6,
      "≤ 80",
    ),
    ...rows(`${engine}: added by a second backup of the same`, "%", again, "≤ 1"),
  ];
}

async function restoredSide(
  engine: string,
  agent: BenchAgent,
  tools: readonly Tool[],
): Promise<Row[]> {
  say(`${engine}: restores`);
  const ours = await agent.run("restore-side", "db");
  const loaded = between(ours, SAYS.side, SAYS.verify);
  const checked = between(ours, SAYS.verify, SAYS.proved);
  const peers: Peer[] = [];
  for (const tool of tools) {
    if (tool.restore) peers.push({ name: tool.name, value: (await tool.restore()).seconds });
  }
  const hand = peers[0]?.value ?? Number.NaN;
  return [
    ...rows(`${engine}: restored beside`, "s", loaded, null, peers),
    ...rows(`${engine}: restored, beside the same by hand`, "×", loaded / hand, "≤ 1.15"),
    ...rows(`${engine}: L1 to L3 as a share of it`, "%", (checked / loaded) * 100, "≤ 15"),
  ];
}

function say(what: string): void {
  if (!process.argv.includes("--quiet")) console.error(`… ${what}`);
}
