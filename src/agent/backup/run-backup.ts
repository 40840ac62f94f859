import { AppError, isAppError } from "#domain/errors.ts";
import { canonicalJson, type Json, sha256Hex, utf8 } from "#domain/trust/canonical.ts";
import { signEnvelope } from "#domain/trust/dsse.ts";
import { MANIFEST_TYPE, Manifest, type Receipt } from "#protocol/manifest.ts";
import type { ProgressPhase } from "#protocol/v1.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext, Work } from "../context.ts";
import { assertWholeStream } from "../engines/end-mark.ts";
import type { DumpReport } from "../engines/engine.ts";
import { previousManifest, rememberManifest } from "../keep/chain.ts";
import type { Vault, VaultWriter } from "../vault/vault.ts";
import { assertNotCancelled } from "./cancellation.ts";
import { configuredTarget } from "./configured-target.ts";
import { summaryOf, type VerifiedBackup } from "./open-manifest.ts";

/** A source that changes while it is read may hold still the next time; more tries only add load. */
const ATTEMPTS_MAX = 3;
const TELL_EVERY_MS = 2_000;
const DUMPING = "Menyalin isi sasaran ke tempat cadangan.";

/**
 * Makes one backup, reads it back, and only then signs and stores the manifest by which it exists.
 * On any failure nothing is listed and no stream is left open.
 */
export async function runBackup(
  ctx: AgentContext,
  work: Work,
  alias: string,
  purpose: Manifest["purpose"],
): Promise<VerifiedBackup> {
  const target = configuredTarget(ctx.config, alias, purpose === "safety" ? "restore" : "backup");
  const vault = ctx.vault(target.vault);
  const id = ctx.newId();
  const startedAt = ctx.now().toISOString();
  const say = teller(work, alias, purpose);
  try {
    say("preflight", null, "Memeriksa sasaran dan tempat cadangan.");
    const { receipt, report } = await store(ctx, work, target, vault, id, purpose, say);

    say("check", receipt.bytes, "Membaca ulang cadangan untuk memastikan utuh.");
    await verifyStored(vault, receipt, report, work.signal);
    assertNotCancelled(work.signal);

    const manifest = Manifest.parse({
      v: 1,
      id,
      agent: ctx.key.id,
      alias,
      engine: target.engine,
      job: work.job,
      epoch: work.epoch,
      purpose,
      startedAt,
      finishedAt: ctx.now().toISOString(),
      receipt,
      content: report.content,
      recreate: report.recreate,
      tools: report.tools,
      endMarkerSeen: true,
      previous: await previousManifest(ctx.config.data, alias),
      external: report.external ?? null,
    } satisfies Manifest);
    const payload = utf8(canonicalJson(manifest as unknown as Json));
    const envelope = await signEnvelope(ctx.key, MANIFEST_TYPE, payload);
    await vault.putManifest(id, JSON.stringify(envelope));
    const backup = { manifest, summary: summaryOf(manifest, await sha256Hex(payload)) };
    // The backup exists by now; a chain that is one link shorter is not worth failing it.
    await rememberManifest(ctx.config.data, backup).catch((error: unknown) => {
      ctx.log("manifest is not remembered", { alias, error: String(error) });
    });
    say("done", receipt.bytes, "Cadangan selesai dan terbukti utuh.");
    return backup;
  } catch (error) {
    assertNotCancelled(work.signal, error);
    throw error;
  }
}

type Say = (
  phase: ProgressPhase,
  bytes: number | null,
  message: string,
  percent?: number | null,
) => void;

/** Within a restore all of it is one phase: the safety backup. */
function teller(work: Work, alias: string, purpose: Manifest["purpose"]): Say {
  return (phase, bytes, message, percent = null) =>
    work.progress({
      alias,
      phase: purpose === "safety" ? "safety" : phase,
      percent,
      bytes,
      message: purpose === "safety" ? `Cadangan pengaman: ${lowerFirst(message)}` : message,
    });
}

async function store(
  ctx: AgentContext,
  work: Work,
  target: TargetConfig,
  vault: Vault,
  id: string,
  purpose: Manifest["purpose"],
  say: Say,
): Promise<{ receipt: Receipt; report: DumpReport }> {
  const engine = ctx.engine(target.engine);
  await using host = await ctx.openHost(target.tempat);
  const io = { host, signal: work.signal, now: ctx.now, log: ctx.log };
  await vault.prepare();
  const { estimatedBytes } = await engine.inspect(target, io);
  const tags = {
    backup: id,
    job: work.job ?? "operator",
    epoch: String(work.epoch),
    alias: target.alias,
    purpose,
  };
  for (let attempt = 1; ; attempt += 1) {
    assertNotCancelled(work.signal);
    const writer = await vault.put(tags, work.signal);
    try {
      say("dump", null, DUMPING);
      const report = await whileTelling(writer, estimatedBytes, say, () =>
        engine.dump(target, writer.fd, io),
      );
      say("commit", null, "Isi sasaran sudah tersalin. Menyimpannya secara tetap.");
      const receipt = await writer.commit();
      if (report.bytes !== undefined && report.bytes !== receipt.bytes) {
        throw new AppError("ENGINE_DUMP_INCOMPLETE", "fewer bytes arrived than were sent");
      }
      return { receipt, report };
    } catch (error) {
      await writer.abort();
      // A producer whose store went away only tells of its broken pipe.
      const failure = writer.failure?.();
      if (failure) throw failure;
      if (attempt === ATTEMPTS_MAX || !changedWhileRead(error)) throw error;
      ctx.log("source changed while it was read; reading it again", { alias: target.alias });
    }
  }
}

/** Tells how far the store has come while a dump runs; asked, not tapped, so that it costs nothing. */
async function whileTelling<Result>(
  writer: VaultWriter,
  estimatedBytes: number,
  say: Say,
  act: () => Promise<Result>,
): Promise<Result> {
  const timer = setInterval(() => {
    const bytes = writer.taken?.() ?? 0;
    if (bytes === 0) return;
    // An estimate may be too small; the whole is not there before the producer says so.
    const percent = estimatedBytes > 0 ? Math.min(99, (100 * bytes) / estimatedBytes) : null;
    say("dump", bytes, DUMPING, percent);
  }, TELL_EVERY_MS);
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}

/** A store may say yes and yet hold something else; what was not read back is not a backup. */
async function verifyStored(
  vault: Vault,
  receipt: Receipt,
  report: DumpReport,
  signal: AbortSignal,
): Promise<void> {
  const { bytes, tail } = await vault.verify(receipt, signal);
  if (bytes !== receipt.bytes) {
    throw new AppError("VAULT_CORRUPT", "stored stream has another size than its receipt");
  }
  assertWholeStream(report, tail);
}

/** Engines mark this failure, the only one that a second reading can cure. */
function changedWhileRead(error: unknown): boolean {
  return isAppError(error) && error.detail.changedWhileRead === true;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
