/**
 * An agent that kills itself (SIGKILL, no farewell) while it swaps a whole server, run as a program:
 *
 *   node mortal-server.ts <target as JSON> <n>
 *
 * It dies before the n-th program that has an effect: one that renames, stops or starts something.
 * With n = 0 it lives and prints what they are, as JSON.
 */
import { TargetConfig } from "#agent/config.ts";
import { ENGINES } from "#agent/engines/registry.ts";
import type { Host } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";

const [config = "", dieAt = "0"] = process.argv.slice(2);
const target = TargetConfig.parse(JSON.parse(config));
const names = { side: "r_mati", old: "o_mati" };
const points: string[] = [];
const host = localHost();

const EFFECT = /^(mv|mulai|hentikan|pg_ctl|postgres|mariadbd|shutdown)$/;

function point(argv: readonly string[]): void {
  const effect = argv.map((word) => word.split("/").at(-1) ?? "").find((word) => EFFECT.test(word));
  if (effect === undefined) return;
  points.push(effect);
  if (points.length === Number(dieAt)) process.kill(process.pid, "SIGKILL");
}

const mortal: Host = {
  ...host,
  run: (argv, options) => {
    point(argv);
    return host.run(argv, options);
  },
  spawn: (argv, options) => {
    point(argv);
    return host.spawn(argv, options);
  },
};
const io = {
  host: mortal,
  signal: new AbortController().signal,
  now: () => new Date(),
  log: () => undefined,
};
const engine = ENGINES[target.engine];
await engine.quiesce(target, names, io);
await engine.swap(target, names, io);
await engine.reopen(target, names, io);
process.stdout.write(JSON.stringify(points));
process.exit(0);
