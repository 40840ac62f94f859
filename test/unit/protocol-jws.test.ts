import fc from "fast-check";
import { exportJWK, FlattenedSign } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import {
  fingerprint,
  importPublicKey,
  openRequest,
  openTicket,
  signRequest,
  signTicket,
  thumbprint,
} from "#protocol/jws.ts";
import { PublicJwk } from "#protocol/v1.ts";

const HEADER = {
  alg: "EdDSA",
  kid: "agent-1",
  url: "/api/agent/v1/poll",
  sid: "s1",
  n: 7,
  iat: 1_790_000_000,
} as const;
const TICKET = {
  aud: "agent-1",
  job: "job-1",
  digest: "a".repeat(64),
  epoch: 1,
  nonce: "n".repeat(22),
  exp: 1_790_000_060,
};

let keys: CryptoKeyPair;
let other: CryptoKeyPair;

beforeAll(async () => {
  keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  other = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
});

describe("a signed request", () => {
  test("opens with its key and gives back header and payload", async () => {
    const jws = await signRequest(keys.privateKey, HEADER, { a: "é", b: [1, null] });
    expect(await openRequest(jws, keys.publicKey)).toEqual({
      header: HEADER,
      payload: { a: "é", b: [1, null] },
    });
  });

  test("does not open with another key", async () => {
    const jws = await signRequest(keys.privateKey, HEADER, {});
    await expect(openRequest(jws, other.publicKey)).rejects.toMatchObject({
      code: "AGENT_SIGNATURE",
    });
  });

  test("does not open when any character of any part is changed", async () => {
    const jws = await signRequest(keys.privateKey, HEADER, { capacity: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("protected", "payload", "signature" as const),
        fc.nat(),
        fc.constantFrom(..."ABCDEFGHabcdefgh0123456789-_"),
        async (part, at, letter) => {
          const text = jws[part];
          const index = at % text.length;
          const changed = { ...jws, [part]: text.slice(0, index) + letter + text.slice(index + 1) };
          // The last character of base64url may hold unused bits: the same bytes are the same request.
          const bytes = (value: string) => Buffer.from(value, "base64url").toString("hex");
          fc.pre(bytes(changed[part] ?? "") !== bytes(text));
          await expect(openRequest(changed, keys.publicKey)).rejects.toMatchObject({
            code: expect.stringMatching(/^(AGENT_SIGNATURE|INPUT_MALFORMED)$/),
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test("is refused with an algorithm other than EdDSA or a header of unknown fields", async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const symmetric = await new FlattenedSign(new TextEncoder().encode("{}"))
      .setProtectedHeader({ ...HEADER, alg: "HS256" })
      .sign(secret);
    const extra = await new FlattenedSign(new TextEncoder().encode("{}"))
      .setProtectedHeader({ ...HEADER, jku: "https://example.test" })
      .sign(keys.privateKey);
    for (const jws of [symmetric, extra]) {
      const flat = {
        protected: jws.protected ?? "",
        payload: jws.payload,
        signature: jws.signature,
      };
      await expect(openRequest(flat, keys.publicKey)).rejects.toMatchObject({
        code: "INPUT_MALFORMED",
      });
    }
  });
});

describe("a key's name", () => {
  test("is the RFC 7638 thumbprint of the RFC 8037 example key", async () => {
    const jwk = {
      kty: "OKP",
      crv: "Ed25519",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    } as const;
    expect(await thumbprint(jwk)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    expect(fingerprint(await thumbprint(jwk))).toBe("J3XC-NZN9-P5AP-D62M-1XRC-04BT");
  });

  test("is shown as six groups of four letters that differ when one of the first 120 bits differs", () => {
    const bytes = new Uint8Array(32);
    const name = (value: Uint8Array) => fingerprint(Buffer.from(value).toString("base64url"));
    const zero = name(bytes);
    expect(zero).toBe("0000-0000-0000-0000-0000-0000");
    for (let bit = 0; bit < 120; bit++) {
      const changed = new Uint8Array(32);
      changed[bit >> 3] = 0x80 >> (bit & 7);
      expect(name(changed)).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
      expect(name(changed)).not.toBe(zero);
    }
  });

  test("survives the way through JWK", async () => {
    const jwk = PublicJwk.parse(await exportJWK(keys.publicKey));
    const jws = await signRequest(keys.privateKey, HEADER, {});
    await expect(openRequest(jws, await importPublicKey(jwk))).resolves.toBeDefined();
  });
});

describe("a ticket", () => {
  test("says what the server signed, and nothing when another signed", async () => {
    const ticket = await signTicket(keys.privateKey, TICKET);
    expect(await openTicket(ticket, keys.publicKey)).toEqual(TICKET);
    await expect(openTicket(ticket, other.publicKey)).rejects.toMatchObject({
      code: "AGENT_BUNDLE",
    });
  });

  test("cannot be made of a signed request", async () => {
    const jws = await signRequest(keys.privateKey, HEADER, TICKET);
    const compact = `${jws.protected}.${jws.payload}.${jws.signature}`;
    await expect(openTicket(compact, keys.publicKey)).rejects.toMatchObject({
      code: "AGENT_BUNDLE",
    });
  });
});
