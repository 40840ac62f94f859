import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Command } from "commander";
import { importPublicKey } from "#protocol/jws.ts";
import { openJournal } from "../journal/journal.ts";
import { createClient } from "../loop/client.ts";
import { EFFECTS } from "../loop/effects.ts";
import { runAgent } from "../loop/run.ts";
import { onChange } from "./changed.ts";
import { configOf, leaf, type StandardOptions } from "./command.ts";
import { lockData } from "./lock.ts";
import { createLog } from "./log.ts";
import { enrolled, openContext } from "./open-context.ts";
import { onSignals } from "./signals.ts";
import { AGENT_VERSION } from "./version.ts";

export function runCommand(): Command {
  return leaf(
    "run",
    "Jalankan agen: mengambil pekerjaan yang sudah disetujui, sampai dihentikan.",
    "pulih-agent run --config /etc/pulih/agen.yaml",
  ).action(async (options: StandardOptions) => {
    const stop = new AbortController();
    const kill = new AbortController();
    const signals = onSignals((count) => (count === 1 ? stop : kill).abort());
    const config = await configOf(options);
    const log = createLog(
      (line) => process.stderr.write(line),
      () => new Date(),
    );
    const { key, identity } = await enrolled(config);
    await using _lock = await lockData(config.data);
    const ctx = openContext(config, { ...key, id: identity.agent }, log);
    const patience = {
      sleep: (ms: number, signal: AbortSignal) =>
        wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted()),
      rng: Math.random,
    };
    log("agent starts", { agent: identity.agent, version: AGENT_VERSION });
    await runAgent({
      ...patience,
      ctx,
      client: createClient({
        ...patience,
        portal: config.portal,
        kid: identity.agent,
        privateKey: key.privateKey,
        bootId: randomUUID(),
        version: AGENT_VERSION,
        now: ctx.now,
        log,
      }),
      journal: await openJournal(join(config.data, "journal"), ctx.now),
      effects: EFFECTS,
      serverKey: await importPublicKey(identity.server.jwk),
      newNonce: () => randomBytes(16).toString("base64url"),
      stop: stop.signal,
      kill: kill.signal,
      onOutsideChange: (refresh) => onChange(config.data, refresh),
    });
    log("agent ends");
    process.exitCode = signals.exitCode ?? 0;
  });
}
