import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError, invariant } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import type { VaultConfig } from "../config.ts";
import { createFile } from "./durable.ts";
import { freeBytesAt } from "./free-bytes.ts";
import { objectError } from "./object-failure.ts";
import { keyId } from "./object-format.ts";
import { openObjectReader, verifyObject } from "./object-reader.ts";
import { openObjectWriter } from "./object-writer.ts";
import { assertSameStore, pinStore } from "./pin.ts";
import type { Vault } from "./vault.ts";

export type ObjectsConfig = Extract<VaultConfig, { jenis: "objects" }>;

/** A part nobody has written to for so long was left by a killed agent. */
const ABANDONED_AFTER_MS = 60 * 60_000;
const KEY_BYTES = 32;

const StoreMark = z.object({
  format: z.literal(1),
  id: z.string().min(1),
  /** Which key the objects are sealed with, without telling it. */
  keyId: z.string().min(1),
});

/**
 * A directory that needs no other program: `vault.json`, `objects/<id>` (format: object-format.ts)
 * and `manifests/<backup id>.json`.
 */
export function objectsVault(config: ObjectsConfig, deps: { readonly dataDir: string }): Vault {
  const { alias, direktori } = config;
  const objects = join(direktori, "objects");
  const manifests = join(direktori, "manifests");

  /** The vault's key, once it is shown to be the store's. */
  const unlock = async (): Promise<Buffer> => {
    const key = await readKey(config.berkasKunci);
    const mark = await readMark(direktori);
    if (mark === null) throw new AppError("VAULT_UNREACHABLE", "the store is not there");
    if (mark.keyId !== keyId(key).toString("hex")) {
      throw new AppError("VAULT_CREDENTIALS", "the key is not the store's");
    }
    return key;
  };

  const objectOf = (receipt: Receipt): string => {
    const isOurs = receipt.kind === "objects" && receipt.vault === alias;
    if (!isOurs || !/^[0-9a-f]{32}$/.test(receipt.object)) {
      throw new AppError("VAULT_BACKUP_UNKNOWN", "the receipt is not of this vault");
    }
    return join(objects, receipt.object);
  };

  return {
    alias,
    kind: "objects",

    prepare: async () => {
      const key = await readKey(config.berkasKunci);
      try {
        const found = await readMark(direktori);
        await assertSameStore(deps.dataDir, alias, found?.id ?? null);
        for (const directory of [objects, manifests]) {
          await mkdir(directory, { recursive: true, mode: 0o700 });
        }
        if (found === null) await writeMark(direktori, key);
        await removeAbandoned(objects);
      } catch (error) {
        throw objectError("prepare", error, "VAULT_UNREACHABLE");
      }
      await unlock();
      const { id } = (await readMark(direktori)) ?? { id: "" };
      await pinStore(deps.dataDir, alias, id);
    },

    freeBytes: () => freeBytesAt(direktori),

    put: async (_tags, signal) =>
      openObjectWriter({ vault: alias, directory: objects, key: await unlock() }, signal),

    get: async (receipt, signal) =>
      openObjectReader(objectOf(receipt), await unlock(), receipt, signal),

    verify: async (receipt, signal) => {
      await verifyObject(objectOf(receipt), await unlock(), receipt, signal);
      return { bytes: receipt.bytes };
    },

    putManifest: async (backupId, envelope) => {
      invariant(isPlainName(backupId), "a backup id must be a plain word");
      const path = join(manifests, `${backupId}.json`);
      const draftName = `.draft-${randomBytes(8).toString("hex")}`;
      let isSame: boolean;
      try {
        const isNew = await createFile(path, draftName, envelope);
        isSame = isNew || (await readFile(path, "utf8")) === envelope;
      } catch (error) {
        throw objectError("manifest", error, "VAULT_WRITE_FAILED");
      }
      if (!isSame) throw new AppError("VAULT_MANIFEST", "the backup has another manifest already");
    },

    manifests: async function* () {
      const names = await readdir(manifests).catch((error) => {
        throw objectError("list", error, "VAULT_UNREACHABLE");
      });
      for (const name of names) {
        if (name.startsWith(".") || !name.endsWith(".json")) continue;
        const envelope = await readFile(join(manifests, name), "utf8");
        yield { backupId: name.slice(0, -".json".length), envelope };
      }
    },
  };
}

async function readKey(path: string): Promise<Buffer> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new AppError("VAULT_CREDENTIALS", "the key file is not readable");
  });
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== KEY_BYTES) {
    throw new AppError("VAULT_CREDENTIALS", "the key file does not hold 32 bytes in base64");
  }
  return key;
}

/** Null only where it is certain that there is none. */
async function readMark(directory: string): Promise<z.infer<typeof StoreMark> | null> {
  try {
    return StoreMark.parse(JSON.parse(await readFile(join(directory, "vault.json"), "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    const isDamaged = error instanceof z.ZodError || error instanceof SyntaxError;
    if (isDamaged) throw new AppError("VAULT_CORRUPT", "the store's mark is damaged");
    throw objectError("open", error, "VAULT_UNREACHABLE");
  }
}

async function writeMark(directory: string, key: Buffer): Promise<void> {
  const id = randomBytes(16).toString("hex");
  const mark = { format: 1, id, keyId: keyId(key).toString("hex") };
  await createFile(join(directory, "vault.json"), `.draft-${id}`, `${JSON.stringify(mark)}\n`);
}

async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith(".part")) continue;
    const path = join(directory, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await unlink(path);
  }
}

function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(name);
}
