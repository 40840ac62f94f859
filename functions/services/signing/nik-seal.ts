import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invariant } from "#domain/errors.ts";

/** Keeps NIKs unreadable in the database and its copies; the key is a file of its own. */
export interface NikSeal {
  seal(person: string, nik: string): string;
  /** Throws INTERNAL where the text was not sealed for this person by this key. */
  open(person: string, sealed: string): string;
}

const VERSION = "v1";
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key is made at the first start, readable by its owner only. Without it every NIK is asked anew. */
export async function openNikSeal(directory: string): Promise<NikSeal> {
  const path = join(directory, "nik-key");
  try {
    await writeFile(path, randomBytes(KEY_BYTES).toString("base64"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const key = Buffer.from((await readFile(path, "utf8")).trim(), "base64");
  invariant(key.length === KEY_BYTES, "nik-key is no key");
  return {
    seal(person, nik) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(person));
      const sealed = Buffer.concat([cipher.update(nik, "utf8"), cipher.final()]);
      return `${VERSION}.${Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString("base64url")}`;
    },
    open(person, sealed) {
      const [version, text = ""] = sealed.split(".");
      const bytes = Buffer.from(text, "base64url");
      invariant(version === VERSION && bytes.length > IV_BYTES + TAG_BYTES, "sealed text is none");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(person))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const opened = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
        return Buffer.concat([opened, decipher.final()]).toString("utf8");
      } catch {
        // The library's own words are the same for a wrong key and for an altered text.
        invariant(false, "sealed text does not open");
      }
    },
  };
}
