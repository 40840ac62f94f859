/**
 * Opens an object without Pulih; printed in the recovery kit, so it is short and leans on Node alone.
 * The format stands in vault/object-format.ts. It writes piece by piece only what it has proven.
 */
export const OPEN_OBJECT_FILE = "buka-objek.mjs";

export const OPEN_OBJECT_SCRIPT = `import { createDecipheriv, hkdfSync } from "node:crypto";
import { openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";

const [objectFile, keyFile] = process.argv.slice(2);
const key = Buffer.from(readFileSync(keyFile, "utf8").trim(), "base64");
const file = openSync(objectFile, "r");
const size = statSync(objectFile).size;
const header = Buffer.alloc(64);
readSync(file, header, 0, 64, 0);
const objectKey = Buffer.from(
  hkdfSync("sha256", key, header.subarray(32), "pulih-object-v1", 32),
);
const sealed = Buffer.alloc(1048576 + 16);
let at = 64;
for (let index = 0, isLast = false; !isLast; index += 1) {
  isLast = size - at <= sealed.length;
  const length = readSync(file, sealed, 0, sealed.length, at);
  if (length < 16) throw new Error("the object is cut");
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  const number = Buffer.alloc(9);
  number.writeBigUInt64BE(BigInt(index), 0);
  number[8] = isLast ? 1 : 0;
  const open = createDecipheriv("aes-256-gcm", objectKey, nonce);
  open.setAAD(Buffer.concat([header, number]));
  open.setAuthTag(sealed.subarray(length - 16, length));
  const plain = open.update(sealed.subarray(0, length - 16));
  open.final();
  for (let done = 0; done < plain.length; ) done += writeSync(1, plain, done);
  at += length;
}
`;
