import { AppError, isAppError } from "#domain/errors.ts";
import { canonicalJson, type Json, sha256Hex, utf8 } from "#domain/trust/canonical.ts";
import { signEnvelope } from "#domain/trust/dsse.ts";
import { MANIFEST_TYPE, Manifest, type Receipt } from "#protocol/manifest.ts";
import type { ProgressPhase } from "#protocol/v1.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext, Work } from "../context.ts";
import type { DumpReport } from "../engines/engine.ts";
import type { Vault } from "../vault/vault.ts";
import { assertNotCancelled } from "./cancellation.ts";
import { configuredTarget } from "./configured-target.ts";
import { summaryOf, type VerifiedBackup } from "./open-manifest.ts";

/** A source that changes while it is read may hold still the next time; more tries only add load. */
const ATTEMPTS_MAX = 2;

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
    await verifyStored(vault, receipt, work.signal);
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
    } satisfies Manifest);
    const payload = utf8(canonicalJson(manifest as unknown as Json));
    const envelope = await signEnvelope(ctx.key, MANIFEST_TYPE, payload);
    await vault.putManifest(id, JSON.stringify(envelope));
    say("done", receipt.bytes, "Cadangan selesai dan terbukti utuh.");
    return { manifest, summary: summaryOf(manifest, await sha256Hex(payload)) };
  } catch (error) {
    assertNotCancelled(work.signal, error);
    throw error;
  }
}

type Say = (phase: ProgressPhase, bytes: number | null, message: string) => void;

/** Within a restore all of it is one phase: the safety backup. */
function teller(work: Work, alias: string, purpose: Manifest["purpose"]): Say {
  return (phase, bytes, message) =>
    work.progress({
      alias,
      phase: purpose === "safety" ? "safety" : phase,
      percent: null,
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
  await engine.inspect(target, io);
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
      say("dump", null, "Menyalin isi sasaran ke tempat cadangan.");
      const report = await engine.dump(target, writer.fd, io);
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

/** A store may say yes and yet hold something else; what was not read back is not a backup. */
async function verifyStored(vault: Vault, receipt: Receipt, signal: AbortSignal): Promise<void> {
  const { bytes } = await vault.verify(receipt, signal);
  if (bytes !== receipt.bytes) {
    throw new AppError("VAULT_CORRUPT", "stored stream has another size than its receipt");
  }
}

/** Engines mark this failure, the only one that a second reading can cure. */
function changedWhileRead(error: unknown): boolean {
  return isAppError(error) && error.detail.changedWhileRead === true;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
