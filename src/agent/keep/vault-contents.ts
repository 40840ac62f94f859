/** All that a vault holds, read in the one order in which nothing that is just being made looks lost. */
import { z } from "zod";
import { Envelope, fromBase64 } from "#domain/trust/dsse.ts";
import { openManifest, type VerifiedBackup } from "../backup/open-manifest.ts";
import type { StoredStream, Vault } from "../vault/vault.ts";

/** Whose signature on a manifest counts. */
export interface Signer {
  /** Name of the agent. */
  readonly name: string;
  readonly publicKey: CryptoKey;
}

export interface OwnedBackup extends VerifiedBackup {
  /** Whose key signed it. */
  readonly signer: string;
}

export interface VaultContents {
  readonly streams: readonly StoredStream[];
  readonly backups: readonly OwnedBackup[];
  /** Streams that manifests name which none of the signers signed. */
  readonly claimedByUnknown: ReadonlySet<string>;
  /** Manifests that none of the signers signed, or that cannot be read. */
  readonly unknownManifests: number;
  /** Of these: so damaged that they do not even say whose stream is whose. */
  readonly unreadableManifests: number;
}

/** Rejects with VAULT_* where the vault cannot be listed: an error is not an empty list. */
export async function readContents(
  vault: Vault,
  signers: readonly Signer[],
): Promise<VaultContents> {
  // A stream is stored before its manifest: read the other way round, a backup that is committed
  // meanwhile would seem to be an orphan.
  const streams: StoredStream[] = [];
  for await (const stream of vault.streams()) streams.push(stream);
  const backups: OwnedBackup[] = [];
  const claimedByUnknown = new Set<string>();
  let unknownManifests = 0;
  let unreadableManifests = 0;
  for await (const stored of vault.manifests()) {
    const owned = await openBySigners(vault.alias, stored, signers);
    if (owned) {
      backups.push(owned);
      continue;
    }
    unknownManifests += 1;
    const object = claimedObject(stored.envelope);
    if (object === null) unreadableManifests += 1;
    else claimedByUnknown.add(object);
  }
  return { streams, backups, claimedByUnknown, unknownManifests, unreadableManifests };
}

async function openBySigners(
  vault: string,
  stored: { readonly backupId: string; readonly envelope: string },
  signers: readonly Signer[],
): Promise<OwnedBackup | null> {
  for (const { name, publicKey } of signers) {
    const backup = await openManifest({ key: { publicKey } }, vault, stored);
    // An agent speaks for its own backups only.
    if (backup && backup.manifest.agent === name) return { ...backup, signer: name };
  }
  return null;
}

const Claim = z.object({ receipt: z.object({ object: z.string() }) });

/** The stream an envelope speaks of, unverified: enough to leave that stream alone. */
function claimedObject(envelope: string): string | null {
  try {
    const { payload } = Envelope.parse(JSON.parse(envelope));
    return Claim.parse(JSON.parse(new TextDecoder().decode(fromBase64(payload)))).receipt.object;
  } catch {
    return null;
  }
}
