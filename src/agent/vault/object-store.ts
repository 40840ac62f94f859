/**
 * Where the objects vault keeps its objects and small files: a directory or a bucket. A store knows
 * names and bytes, not what they mean. Names are relative, `folder/name` or `name`.
 *
 * All methods reject with an AppError VAULT_* that holds neither a path nor bytes.
 */
export interface ObjectStore {
  /** Makes it ready on first use and clears what killed agents have left unfinished; idempotent. */
  prepare(): Promise<void>;
  /** Free bytes, null where the store cannot tell. */
  freeBytes(): Promise<number | null>;
  /** Null only where it is certain that there is none. */
  readText(name: string): Promise<string | null>;
  /** Appears whole or not at all and never replaces one: false where there is one. */
  createText(name: string, text: string): Promise<boolean>;
  /** Begins an object that nobody sees before `keep`. */
  create(name: string): Promise<ObjectDraft>;
  /** Opens a whole object to read; null only where it is certain that there is none. */
  open(name: string): Promise<ObjectSource | null>;
  list(folder: string): AsyncIterable<StoredName>;
  /** Removes one for good; fine where there is none. VAULT_DELETE_REFUSED */
  remove(name: string): Promise<void>;
}

export interface StoredName {
  /** Within its folder. */
  readonly name: string;
  readonly bytes: number;
  readonly storedAt: string;
}

export interface ObjectDraft {
  /** Appends; the block is taken over and must not be used again. */
  write(block: Buffer): Promise<void>;
  /** Makes it durable and visible under its name. */
  keep(): Promise<void>;
  /** Leaves no trace, also of one that `keep` failed on. Idempotent, never rejects. */
  discard(): Promise<void>;
}

export interface ObjectSource {
  readonly bytes: number;
  /** Fills `into` from `position` on; shorter only where the object ends. */
  read(into: Buffer, position: number): Promise<Buffer>;
  close(): Promise<void>;
}
