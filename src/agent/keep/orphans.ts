/**
 * Streams that no manifest names: what an interrupted backup has left. They are never offered, and
 * removed only by `retain`.
 */
import type { AgentContext } from "../context.ts";
import type { StoredStream } from "../vault/vault.ts";
import { readContents, type Signer, type VaultContents } from "./vault-contents.ts";

/** A backup that is being made has no manifest yet. */
export const ORPHAN_AFTER_MS = 24 * 60 * 60 * 1000;

export function orphansOf(
  contents: VaultContents,
  running: ReadonlySet<string>,
  now: Date,
): readonly StoredStream[] {
  // Any stream may be the one that an unreadable manifest names.
  if (contents.unreadableManifests > 0) return [];
  const named = new Set(contents.backups.map(({ manifest }) => manifest.receipt.object));
  return contents.streams.filter(
    ({ object, tags, storedAt }) =>
      !named.has(object) &&
      !contents.claimedByUnknown.has(object) &&
      now.getTime() - Date.parse(storedAt) > ORPHAN_AFTER_MS &&
      !(tags.job !== undefined && running.has(tags.job)),
  );
}

/** Marks the orphans of a vault for people who look into it with other tools; gives how many. */
export async function markOrphans(
  ctx: AgentContext,
  vault: string,
  running: ReadonlySet<string>,
  now: Date,
): Promise<number> {
  const contents = await readContents(ctx.vault(vault), [signerOf(ctx)]);
  const orphans = orphansOf(contents, running, now).map(({ object }) => object);
  if (orphans.length > 0) await ctx.vault(vault).markOrphans(orphans);
  return orphans.length;
}

export function signerOf(ctx: Pick<AgentContext, "key">): Signer {
  return { name: ctx.key.id, publicKey: ctx.key.publicKey };
}
