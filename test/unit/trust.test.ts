import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json, sha256Hex, utf8 } from "#domain/trust/canonical.ts";
import { openEnvelope, pae, signEnvelope } from "#domain/trust/dsse.ts";
import { openChain, seal } from "#domain/trust/event-chain.ts";

describe("canonical JSON", () => {
  it("is the same for the same value whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const shuffled = Object.fromEntries(Object.entries(record).reverse());
        expect(canonicalJson(shuffled as Json)).toBe(canonicalJson(record as Json));
        expect(JSON.parse(canonicalJson(record as Json))).toEqual(
          JSON.parse(JSON.stringify(record)),
        );
      }),
    );
  });

  it("hashes as FIPS 180-4 says", async () => {
    expect(await sha256Hex("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});

describe("signed envelopes", () => {
  it("encode as the DSSE specification's own vector", () => {
    const encoded = pae("http://example.com/HelloWorld", utf8("hello world"));
    expect(new TextDecoder().decode(encoded)).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  it("open only with the right key, type and bytes", async () => {
    const make = () =>
      crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as Promise<CryptoKeyPair>;
    const [mine, other] = [await make(), await make()];
    const body = utf8('{"isi":"contoh"}');
    const signed = await signEnvelope({ id: "k", privateKey: mine.privateKey }, "t/1", body);
    expect(await openEnvelope(mine.publicKey, "t/1", signed)).toEqual(body);
    expect(await openEnvelope(other.publicKey, "t/1", signed)).toBeNull();
    expect(await openEnvelope(mine.publicKey, "t/2", signed)).toBeNull();
    const altered = { ...signed, payload: btoa('{"isi":"palsu"}') };
    expect(await openEnvelope(mine.publicKey, "t/1", altered)).toBeNull();
  });
});

describe("event chain", () => {
  const at = new Date("2026-11-23T01:00:00Z");
  const chain = async (count: number) => {
    const events = Array.from({ length: count }, () => ({ type: "completed" as const }));
    return seal("P-1", { version: 0, head: "" }, at, events);
  };

  it("opens what it sealed, and goes on from its head", async () => {
    const first = await chain(3);
    const head = first.at(-1)?.hash ?? "";
    const more = await seal("P-1", { version: 3, head }, at, [{ type: "completed" }]);
    expect(await openChain("P-1", [...first, ...more])).toHaveLength(4);
  });

  it("breaks where an event is changed, dropped, doubled, moved or foreign", async () => {
    const events = await chain(4);
    const [a, b, c, d] = events;
    if (!a || !b || !c || !d) throw new Error("four events");
    const forged = { ...b, bytes: b.bytes.replace("2026", "2025") };
    const rehashed = { ...forged, hash: await sha256Hex(forged.bytes) };
    for (const rows of [
      [a, forged, c, d],
      [a, rehashed, c, d],
      [a, c, d],
      [b, c, d],
      [a, b, b, c],
      [b, a, c, d],
    ]) {
      await expect(openChain("P-1", rows)).rejects.toThrow(/chain/);
    }
    await expect(openChain("P-2", events)).rejects.toThrow(/chain/);
  });
});
