/**
 * restic makes the password of a repository cost half a second to try, on purpose, and each command
 * tries it. Tests run hundreds of commands: here the one key file of a repository is sealed again
 * under the same password, with the cheapest derivation restic reads. All else stays as restic made it.
 *
 * A key file: https://restic.readthedocs.io/en/stable/100_references.html#keys-encryption-and-mac
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from "node:crypto";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const CHEAP = { N: 2, r: 1, p: 1 };
const NONCE_BYTES = 16;
const TAG_BYTES = 16;
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;
const POLY1305_PRIME = 2n ** 130n - 5n;
const POLY1305_CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;

interface KeyFile {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly data: string;
}

/** `ending` is what the store's own software adds to a file's name. */
export async function quickenResticKey(
  repository: string,
  passwordFile: string,
  ending = "",
): Promise<void> {
  const folder = join(repository, "keys");
  const names = await readdir(folder);
  const id = names.find((name) => /^[0-9a-f]{64}$/.test(name.replace(ending, "")))?.slice(0, 64);
  if (id === undefined) throw new Error("the repository has no key");
  const password = (await readFile(passwordFile, "utf8")).trim();
  const slow = JSON.parse(await readFile(join(folder, id + ending), "utf8")) as KeyFile;
  const quick = JSON.stringify(sealedCheaply(slow, password));
  await writeFile(join(folder, id + ending), quick);
  // A file of restic's bears the digest of its content as its name.
  const newId = createHash("sha256").update(quick).digest("hex");
  for (const name of names.filter((one) => one.startsWith(id))) {
    await rename(join(folder, name), join(folder, newId + name.slice(id.length)));
  }
}

function sealedCheaply(slow: KeyFile, password: string): KeyFile {
  const sealed = Buffer.from(slow.data, "base64");
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const opening = createDecipheriv("aes-256-ctr", derived(slow, password).encryption, nonce);
  const master = opening.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));

  const quick = { ...slow, ...CHEAP, salt: randomBytes(64).toString("base64") };
  const { encryption, macKey, macR } = derived(quick, password);
  const newNonce = randomBytes(NONCE_BYTES);
  const ciphertext = createCipheriv("aes-256-ctr", encryption, newNonce).update(master);
  const ecb = createCipheriv("aes-128-ecb", macKey, null).setAutoPadding(false);
  const tag = poly1305(ciphertext, macR, ecb.update(newNonce));
  return { ...quick, data: Buffer.concat([newNonce, ciphertext, tag]).toString("base64") };
}

function derived({ N, r, p, salt }: Omit<KeyFile, "data">, password: string) {
  const options = { N, r, p, maxmem: MEMORY_BYTES_MAX };
  const key = scryptSync(password, Buffer.from(salt, "base64"), 64, options);
  return {
    encryption: key.subarray(0, 32),
    macKey: key.subarray(32, 48),
    macR: key.subarray(48),
  };
}

/** Node has it only within ChaCha20; a key is short enough for plain arithmetic. */
function poly1305(message: Buffer, r: Buffer, s: Buffer): Buffer {
  const factor = numberOf(r) & POLY1305_CLAMP;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = Buffer.concat([message.subarray(at, at + 16), Buffer.from([1])]);
    sum = ((sum + numberOf(block)) * factor) % POLY1305_PRIME;
  }
  const tag = (sum + numberOf(s)) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
}

function numberOf(littleEndian: Buffer): bigint {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString("hex")}`);
}
