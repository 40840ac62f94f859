/**
 * A small agent that only puts and reads streams, to be killed or measured from outside:
 *   node vault-program.ts '{"config": VaultConfig, "dataDir": "…", "mode": "hold" | "measure", "bytes": n}'
 *
 * hold     puts an endless stream (or `source`) and never commits; says "holding"
 * measure  puts and verifies 32 MiB, then `bytes`, of random; says how much more memory it took, as JSON
 */
import type { VaultConfig } from "#agent/config.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { peakMemory } from "#support/peak-memory.ts";

interface Order {
  readonly config: VaultConfig;
  readonly dataDir: string;
  readonly mode: "hold" | "measure";
  readonly bytes: number;
  /** With `hold`: a file whose bytes are put. */
  readonly source?: string;
}

const SHORT_BYTES = 32 * 1024 * 1024;

const {
  config,
  dataDir,
  mode,
  bytes,
  source = "/dev/urandom",
} = JSON.parse(process.argv[2] ?? "{}") as Order;
const host = localHost();
const vault = openVault(config, { host, dataDir });
if (mode === "hold") await hold(vault);
else await measure(vault);

async function hold(into: Vault): Promise<void> {
  const writer = await into.put({ backup: "held", alias: "basis-data" });
  const producer = await host.spawn(["cat", source], { stdout: { fd: writer.fd } });
  process.stdout.write("holding\n");
  await producer.exit;
}

async function measure(into: Vault): Promise<void> {
  const short = await peakMemory(() => roundTrip(into, SHORT_BYTES));
  const long = await peakMemory(() => roundTrip(into, bytes));
  process.stdout.write(`${JSON.stringify({ grownBytes: long - short })}\n`);
}

async function roundTrip(into: Vault, length: number): Promise<void> {
  const writer = await into.put({ backup: "measured", alias: "basis-data" });
  const producer = await host.spawn(["head", "-c", String(length), "/dev/urandom"], {
    stdout: { fd: writer.fd },
  });
  const { code } = await producer.exit;
  if (code !== 0) throw new Error(`the producer ended with ${code}`);
  const receipt = await writer.commit();
  await into.verify(receipt);
}
