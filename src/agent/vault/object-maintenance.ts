import { createHash } from "node:crypto";
import { AppError } from "#domain/errors.ts";
import { cipherFor, HEADER_BYTES, PIECE_BYTES, TAG_BYTES } from "./object-format.ts";
import { pieceAt, pieceCount } from "./object-reader.ts";
import type { ObjectSource, ObjectStore } from "./object-store.ts";
import type { Vault } from "./vault.ts";

/** A file of this ending beside an object says to people that no manifest names it. */
const ORPHAN_ENDING = ".orphan";
const OBJECT_NAME = /^[0-9a-f]{32}$/;

/** What needs the right to delete, or reads the whole store. */
export function objectMaintenance(
  store: ObjectStore,
  unlock: () => Promise<Buffer>,
): Pick<Vault, "streams" | "markOrphans" | "remove" | "readPart"> {
  return {
    streams: async function* () {
      for await (const { name, storedAt } of store.list("objects")) {
        if (OBJECT_NAME.test(name)) yield { object: name, tags: {}, storedAt };
      }
    },

    markOrphans: async (objects) => {
      for (const object of objects.filter((one) => OBJECT_NAME.test(one))) {
        await store.createText(`objects/${object}${ORPHAN_ENDING}`, "orphan\n");
      }
    },

    remove: async ({ backupIds, objects }) => {
      // Killed in between there is a stream without a manifest, never the other way.
      for (const id of backupIds) await store.remove(`manifests/${id}.json`);
      for (const object of objects.filter((one) => OBJECT_NAME.test(one))) {
        await store.remove(`objects/${object}`);
        await store.remove(`objects/${object}${ORPHAN_ENDING}`);
      }
    },

    readPart: async (part, parts, signal) => {
      const key = await unlock();
      let isIntact = true;
      let bytes = 0;
      for await (const { name } of store.list("objects")) {
        if (!OBJECT_NAME.test(name)) continue;
        const source = await store.open(`objects/${name}`);
        // Null: removed since it was listed.
        if (source === null) continue;
        try {
          bytes += await readPieces(source, key, shareOf(name, part, parts, source), signal);
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== "VAULT_CORRUPT") throw error;
          isIntact = false;
        } finally {
          await source.close();
        }
      }
      return { isIntact, bytes };
    },
  };
}

interface Share {
  readonly first: number;
  /** Not read any more. */
  readonly end: number;
}

/**
 * Which pieces of an object a part reads: one run, so that all parts together read each piece once.
 * Objects take turns by their names, else all small ones would fall to the same part.
 */
function shareOf(name: string, part: number, parts: number, { bytes }: ObjectSource): Share {
  const turn = createHash("sha256").update(name).digest().readUInt32BE(0);
  const place = (part - 1 + turn) % parts;
  const pieces = pieceCount(bytes);
  return {
    first: Math.floor((pieces * place) / parts),
    end: Math.floor((pieces * (place + 1)) / parts),
  };
}

/** Bytes read. Each piece carries its own proof, so that no other one is needed. */
async function readPieces(
  source: ObjectSource,
  key: Buffer,
  { first, end }: Share,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (first === end) return 0;
  const cipher = cipherFor(key, await source.read(Buffer.alloc(HEADER_BYTES), 0));
  const sealed = Buffer.allocUnsafe(PIECE_BYTES + TAG_BYTES);
  let bytes = 0;
  for (let index = first; index < end; index += 1) {
    if (signal?.aborted) throw new AppError("JOB_CANCELLED", "reading was aborted");
    const { piece, isLast } = await pieceAt(source, sealed, index);
    cipher.open(piece, index, isLast);
    bytes += piece.length;
  }
  return bytes;
}
