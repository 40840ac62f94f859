import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cipherFor, HEADER_BYTES, headerOf, keyId } from "#agent/vault/object-format.ts";

const KEY = Buffer.alloc(32, 7);
const SALT = Buffer.alloc(32, 9);
const header = headerOf(KEY, SALT);

describe("object format", () => {
  it("opens a piece only as the very piece it was sealed as", () => {
    const index = fc.nat(1_000_000);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        index,
        index,
        fc.boolean(),
        fc.boolean(),
        (content, sealedAs, openedAs, wasLast, isLast) => {
          const cipher = cipherFor(KEY, header);
          const plain = Buffer.from(content);
          const sealed = Buffer.concat(cipher.seal(plain, sealedAs, wasLast));
          expect(sealed.length).toBe(plain.length + 16);
          expect(cipher.open(sealed, sealedAs, wasLast).equals(plain)).toBe(true);
          if (sealedAs !== openedAs || wasLast !== isLast) {
            expect(() => cipher.open(sealed, openedAs, isLast)).toThrow(/VAULT_CORRUPT/);
          }
        },
      ),
    );
  });

  it("refuses a piece with any byte altered or cut off", () => {
    const cipher = cipherFor(KEY, header);
    const sealed = Buffer.concat(cipher.seal(Buffer.from("isi basis data"), 3, true));
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      expect(() => cipher.open(altered, 3, true)).toThrow(/VAULT_CORRUPT/);
      expect(() => cipher.open(sealed.subarray(0, at), 3, true)).toThrow(/VAULT_CORRUPT/);
    }
  });

  it("refuses a header with any byte outside the salt altered, and of another key", () => {
    for (let at = 0; at < 32; at += 1) {
      const altered = Buffer.from(header);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      expect(() => cipherFor(KEY, altered)).toThrow(/VAULT_CORRUPT/);
    }
    expect(() => cipherFor(Buffer.alloc(32, 8), header)).toThrow(/VAULT_CORRUPT/);
    expect(() => cipherFor(KEY, header.subarray(0, HEADER_BYTES - 1))).toThrow(/VAULT_CORRUPT/);
  });

  it("seals the same piece differently under each salt", () => {
    const other = headerOf(KEY, Buffer.alloc(32, 10));
    const [first] = cipherFor(KEY, header).seal(Buffer.from("isi"), 0, true);
    const [second] = cipherFor(KEY, other).seal(Buffer.from("isi"), 0, true);
    expect(first.equals(second)).toBe(false);
    const sealed = Buffer.concat(cipherFor(KEY, other).seal(Buffer.from("isi"), 0, true));
    expect(() => cipherFor(KEY, header).open(sealed, 0, true)).toThrow(/VAULT_CORRUPT/);
  });

  it("stays what it is: bytes written by this version are read by the next", () => {
    expect(header.toString("hex")).toMatchInlineSnapshot(
      `"50554c49484f424a010100000010000085e8c7175586275ad1e8dccbbc48680e0909090909090909090909090909090909090909090909090909090909090909"`,
    );
    expect(keyId(KEY).toString("hex")).toMatchInlineSnapshot(`"85e8c7175586275ad1e8dccbbc48680e"`);
    const sealed = Buffer.concat(cipherFor(KEY, header).seal(Buffer.from("isi"), 1, true));
    expect(sealed.toString("hex")).toMatchInlineSnapshot(
      `"51981764895e0ce6ef3bdf3a0eb755309485bb"`,
    );
  });
});
