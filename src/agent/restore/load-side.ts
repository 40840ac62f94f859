import type { AgentContext } from "../context.ts";
import type { EngineIo, SideNames } from "../engines/engine.ts";
import { readFrom } from "../process/fd-stream.ts";
import type { PlannedTarget } from "./plan-restore.ts";

const TELL_EVERY_MS = 2_000;

/**
 * Makes a target's side copy from its backup. The copy counts only when the vault has delivered and
 * verified the whole stream; where it does not, the consumer is stopped and the vault's error told.
 */
export async function loadSide(
  ctx: AgentContext,
  { target, engine, backup: { manifest } }: PlannedTarget,
  names: SideNames,
  io: EngineIo,
  /** Told now and then how much of the backup was read, where the vault knows. */
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const stop = new AbortController();
  const reader = await ctx.vault(target.vault).get(manifest.receipt, io.signal);
  const timer = setInterval(() => {
    const bytes = reader.given?.() ?? 0;
    if (bytes > 0) onBytes?.(bytes);
  }, TELL_EVERY_MS);
  let undelivered: unknown;
  const delivered = reader.done.then(
    () => true,
    (error: unknown) => {
      undelivered = error;
      stop.abort(error);
      return false;
    },
  );
  try {
    const signal = AbortSignal.any([io.signal, stop.signal]);
    await engine.loadSide(target, names, manifest, reader.fd, { ...io, signal });
    // A consumer may end at its own end mark; what follows it must still be read to be verified.
    const rest = readFrom(reader.fd).resume();
    const isWhole = await delivered;
    rest.destroy();
    if (!isWhole) throw undelivered;
  } catch (error) {
    const cause = undelivered ?? error;
    await reader.close();
    await engine.dropSide(target, names, { ...io, signal: new AbortController().signal });
    throw cause;
  } finally {
    clearInterval(timer);
  }
  await reader.close();
}
