import { sha256Hex } from "#domain/trust/canonical.ts";
import { Envelope, openEnvelope } from "#domain/trust/dsse.ts";
import { MANIFEST_TYPE, Manifest } from "#protocol/manifest.ts";
import type { BackupSummary } from "#protocol/v1.ts";
import type { AgentContext } from "../context.ts";

/** A backup whose manifest verified: the only kind there is. */
export interface VerifiedBackup {
  readonly manifest: Manifest;
  readonly summary: BackupSummary;
}

/**
 * The backup behind an envelope as a vault keeps it; null unless the agent's own key signed it and
 * it speaks of this backup in this vault. Whoever may write to the vault can put anything there.
 */
export async function openManifest(
  ctx: { readonly key: Pick<AgentContext["key"], "publicKey"> },
  vault: string,
  stored: { readonly backupId: string; readonly envelope: string },
): Promise<VerifiedBackup | null> {
  const envelope = Envelope.safeParse(parseJson(stored.envelope));
  if (!envelope.success) return null;
  const payload = await openEnvelope(ctx.key.publicKey, MANIFEST_TYPE, envelope.data);
  if (payload === null) return null;
  const parsed = Manifest.safeParse(parseJson(new TextDecoder().decode(payload)));
  if (!parsed.success) return null;
  const manifest = parsed.data;
  if (manifest.id !== stored.backupId || manifest.receipt.vault !== vault) return null;
  return { manifest, summary: summaryOf(manifest, await sha256Hex(payload)) };
}

/** What the portal may know of a backup. */
export function summaryOf(manifest: Manifest, payloadSha256: string): BackupSummary {
  return {
    id: manifest.id,
    alias: manifest.alias,
    engine: manifest.engine,
    vault: manifest.receipt.vault,
    vaultKind: manifest.receipt.kind,
    purpose: manifest.purpose,
    bytes: manifest.external?.bytes ?? manifest.receipt.bytes,
    storedBytes: manifest.external?.storedBytes ?? manifest.receipt.storedBytes,
    finishedAt: manifest.finishedAt,
    manifest: payloadSha256,
    content: manifest.content.digest,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
