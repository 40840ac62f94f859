import type { AppError } from "#domain/errors.ts";
import type { Receipt, VaultKind } from "#protocol/manifest.ts";

/**
 * Where backups lie. A vault knows streams and manifests, not engines.
 *
 * What must hold of every vault, shown by one contract suite:
 * - after `abort`, a crash or any failure of `commit` nothing is listed, and no receipt exists
 * - `get` never lets a reader mistake a cut or altered stream for a whole one: the reader's EOF is
 *   held back until everything was read and verified, and `done` rejects otherwise
 * - neither keys nor stored bytes appear in argv, logs or errors
 * - memory is constant in the size of the stream and no temporary file is written
 */
export interface Vault {
  readonly alias: string;
  readonly kind: VaultKind;
  /** Makes the store ready on first use; idempotent. Rejects with VAULT_* */
  prepare(): Promise<void>;
  /** Free bytes, null where the store cannot tell. */
  freeBytes(): Promise<number | null>;
  /** Opens a stream to write. Tags help to find orphans: backup id, job, epoch, alias. */
  put(tags: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<VaultWriter>;
  /** Opens a stream to read. */
  get(receipt: Receipt, signal?: AbortSignal): Promise<VaultReader>;
  /** Reads the whole stream and throws VAULT_CORRUPT or VAULT_BACKUP_UNKNOWN unless it is intact. */
  verify(receipt: Receipt, signal?: AbortSignal): Promise<ReadBack>;
  /** Stores the signed manifest envelope of a backup; the backup exists from here on. */
  putManifest(backupId: string, envelope: string): Promise<void>;
  /** Envelopes of all manifests, unverified, in no order. */
  manifests(): AsyncIterable<{ readonly backupId: string; readonly envelope: string }>;
  /** All stored streams, with or without a manifest: to find orphans. Ask anew before acting on a name. */
  streams(): AsyncIterable<StoredStream>;
  /** Marks streams that no manifest names, so that people who look with other tools see it too. */
  markOrphans(objects: readonly string[]): Promise<void>;
  /**
   * Removes manifests of backups first, then streams, for good, and frees their space: `objects` are
   * the streams of those backups, as their receipts name them, and orphans. What is not there is
   * passed over. Needs the right to delete, which the identity that makes backups should not have:
   * VAULT_DELETE_REFUSED. VAULT_LOCKED where the store is being maintained.
   */
  remove(what: {
    readonly backupIds: readonly string[];
    readonly objects: readonly string[];
  }): Promise<void>;
  /**
   * Reads part `part` (1 … `parts`) of all stored bytes and checks them; all parts together read
   * everything. What is damaged is told, not thrown; a store that cannot be asked rejects.
   */
  readPart(
    part: number,
    parts: number,
    signal?: AbortSignal,
  ): Promise<{ readonly isIntact: boolean; readonly bytes: number | null }>;
}

/** What was found when a stream was read to its end. */
export interface ReadBack {
  readonly bytes: number;
  /** Its last TAIL_BYTES, or all of a shorter one: a dump's own last line stands there. */
  readonly tail: Uint8Array;
}

/** A stream as the store knows it. */
export interface StoredStream {
  readonly object: string;
  /** As given to `put`; empty where the store keeps none. */
  readonly tags: Readonly<Record<string, string>>;
  readonly storedAt: string;
}

export interface VaultWriter {
  /**
   * Write end of a pipe: give it to the producer as stdout. The vault holds the EOF back, so the
   * producer's end is not the stream's end: only `commit` says that the stream is whole.
   */
  readonly fd: number;
  /** Call after the producer exited 0. Resolves when the bytes are durable. VAULT_WRITE_FAILED, VAULT_FULL; ENGINE_DUMP_INCOMPLETE for 0 bytes. */
  commit(): Promise<Receipt>;
  /** Ends without trace. Idempotent, also after a failed commit. */
  abort(): Promise<void>;
  /**
   * After `abort`: the store's own failure, if it had one. The producer's broken pipe is then only
   * its consequence, and this is what to report.
   */
  failure?(): AppError | null;
  /** Bytes of the stream taken so far, for people who wait; may lag by seconds, never counted on. */
  taken?(): number;
}

export interface VaultReader {
  /** Read end of a pipe: give it to the consumer as stdin. */
  readonly fd: number;
  /** Resolves when the whole stream was delivered and verified; only then does the consumer see EOF. */
  readonly done: Promise<void>;
  /**
   * Ends reading early; closes the descriptor. Idempotent. A consumer that still reads sees no EOF
   * even then: after a rejected `done` the caller ends it.
   */
  close(): Promise<void>;
  /** Bytes of the stream given so far, for people who wait; stores that cannot tell leave it out. */
  given?(): number;
}
