import { randomBytes } from "node:crypto";
import { z } from "zod";
import { AppError, invariant } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { readKeyFile } from "./credentials.ts";
import { keyId } from "./object-format.ts";
import { objectMaintenance } from "./object-maintenance.ts";
import { type ObjectReading, openObjectReader, verifyObject } from "./object-reader.ts";
import type { ObjectStore } from "./object-store.ts";
import { openObjectWriter } from "./object-writer.ts";
import { assertSameStore, pinStore } from "./pin.ts";
import type { Vault } from "./vault.ts";

const KEY_BYTES = 32;
const MARK = "vault.json";

const StoreMark = z.object({
  format: z.literal(1),
  id: z.string().min(1),
  /** Which key the objects are sealed with, without telling it. */
  keyId: z.string().min(1),
});
type StoreMark = z.infer<typeof StoreMark>;

/**
 * A vault that needs no other program: `vault.json`, `objects/<id>` (format: object-format.ts) and
 * `manifests/<backup id>.json` in a directory or a bucket.
 */
export function objectsVault(
  config: { readonly alias: string; readonly berkasKunci: string },
  store: ObjectStore,
  dataDir: string,
): Vault {
  const { alias } = config;

  /** The vault's key, once it is shown to be the store's. */
  const unlock = async (): Promise<Buffer> => {
    const key = await readKey(config.berkasKunci);
    const mark = await readMark(store);
    if (mark === null) throw new AppError("VAULT_UNREACHABLE", "the store is not there");
    if (mark.keyId !== keyId(key).toString("hex")) {
      throw new AppError("VAULT_CREDENTIALS", "the key is not the store's");
    }
    return key;
  };

  const reading = async (receipt: Receipt): Promise<ObjectReading> => {
    const isOurs = receipt.kind === "objects" && receipt.vault === alias;
    if (!isOurs || !/^[0-9a-f]{32}$/.test(receipt.object)) {
      throw new AppError("VAULT_BACKUP_UNKNOWN", "the receipt is not of this vault");
    }
    return { store, name: `objects/${receipt.object}`, key: await unlock() };
  };

  return {
    alias,
    kind: "objects",

    prepare: async () => {
      const key = await readKey(config.berkasKunci);
      const found = await readMark(store);
      await assertSameStore(dataDir, alias, found?.id ?? null);
      await store.prepare();
      if (found === null) await writeMark(store, key);
      await unlock();
      const { id } = (await readMark(store)) ?? { id: "" };
      await pinStore(dataDir, alias, id);
    },

    freeBytes: () => store.freeBytes(),

    put: async (_tags, signal) =>
      openObjectWriter({ vault: alias, store, key: await unlock() }, signal),

    get: async (receipt, signal) => openObjectReader(await reading(receipt), receipt, signal),

    verify: async (receipt, signal) => verifyObject(await reading(receipt), receipt, signal),

    putManifest: async (backupId, envelope) => {
      invariant(isPlainName(backupId), "a backup id must be a plain word");
      const name = `manifests/${backupId}.json`;
      const isNew = await store.createText(name, envelope);
      if (isNew || (await store.readText(name)) === envelope) return;
      throw new AppError("VAULT_MANIFEST", "the backup has another manifest already");
    },

    manifests: async function* () {
      for await (const { name } of store.list("manifests")) {
        if (!name.endsWith(".json")) continue;
        // Null: removed since it was listed.
        const envelope = await store.readText(`manifests/${name}`);
        if (envelope !== null) yield { backupId: name.slice(0, -".json".length), envelope };
      }
    },

    ...objectMaintenance(store, unlock),
  };
}

async function readKey(path: string): Promise<Buffer> {
  const text = await readKeyFile(path, "the key file");
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== KEY_BYTES) {
    throw new AppError("VAULT_CREDENTIALS", "the key file does not hold 32 bytes in base64");
  }
  return key;
}

/** Null only where it is certain that there is none. */
async function readMark(store: ObjectStore): Promise<StoreMark | null> {
  const text = await store.readText(MARK);
  if (text === null) return null;
  try {
    return StoreMark.parse(JSON.parse(text));
  } catch {
    throw new AppError("VAULT_CORRUPT", "the store's mark is damaged");
  }
}

async function writeMark(store: ObjectStore, key: Buffer): Promise<void> {
  const mark: StoreMark = {
    format: 1,
    id: randomBytes(16).toString("hex"),
    keyId: keyId(key).toString("hex"),
  };
  await store.createText(MARK, `${JSON.stringify(mark)}\n`);
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(name);
}
