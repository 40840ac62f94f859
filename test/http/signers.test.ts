import { readFile, stat } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signers } from "#db/schema/people.ts";
import { isAppError } from "#domain/errors.ts";
import { openNikSeal } from "#functions/services/signing/nik-seal.ts";
import {
  readSigner,
  type SetSignerInput,
  setSigner,
} from "#functions/services/signing/set-signer.ts";
import { signDocument } from "#functions/services/signing/sign-document.ts";
import { signerOf } from "#functions/services/signing/signer-of.ts";
import { officialLetter } from "#support/official-letter.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { tempDir } from "#support/temp-dir.ts";

const NIK = "6400000000000001";
const NIP = "198501012010011001";

let portal: TestPortal;
let person: string;
beforeAll(async () => {
  portal = await openTestPortal({ env: { PULIH_TTE: "local-test" } });
  ({ person } = await portal.official("kaltim", "administrator"));
});
afterAll(() => portal?.[Symbol.asyncDispose]());

const set = (changes: Partial<SetSignerInput>) =>
  setSigner(portal.deps, { person, nip: NIP, rank: "Pembina Utama Muda", by: "admin", ...changes });
const who = () =>
  signerOf(portal.deps, { person, name: "CONTOH Kepala", title: "Plt. Kepala Dinas" });

describe("data of a signer", () => {
  it("are empty until somebody enters them", async () => {
    expect(await who()).toEqual({
      person,
      name: "CONTOH Kepala",
      title: "Plt. Kepala Dinas",
      nip: null,
      rank: null,
      nik: null,
    });
    expect(await readSigner(portal.deps, person)).toEqual({ nip: "", rank: "", hasNik: false });
  });

  it("are kept for signing, the NIK unreadable in the database and told to nobody", async () => {
    await set({ nik: "6400 0000 0000 0001", nip: "19850101 201001 1 001" });
    expect(await who()).toMatchObject({ nip: NIP, rank: "Pembina Utama Muda", nik: NIK });
    const [row] = await portal.deps.db.orm.select().from(signers).where(eq(signers.person, person));
    expect(JSON.stringify(row)).not.toContain(NIK);
    expect(row?.sealedNik).toMatch(/^v1\.[\w-]{40,}$/);
    expect(await readSigner(portal.deps, person)).toEqual({
      nip: NIP,
      rank: "Pembina Utama Muda",
      hasNik: true,
    });
  });

  it("keep the NIK where the field was left empty, and lose it only where that was said", async () => {
    await set({ nik: NIK });
    await set({ nik: "", rank: "Pembina" });
    expect(await who()).toMatchObject({ rank: "Pembina", nik: NIK });
    await set({ nik: undefined });
    expect((await who()).nik).toBe(NIK);
    await set({ nik: null });
    expect((await who()).nik).toBeNull();
  });

  it.each<[string, Partial<SetSignerInput>, string]>([
    ["a NIP of 17 digits", { nip: "1".repeat(17) }, "nip"],
    ["a NIP with letters", { nip: "19850101201001100A" }, "nip"],
    ["a NIK of 15 digits", { nik: "6".repeat(15) }, "nik"],
    ["a NIK with letters", { nik: "640000000000000X" }, "nik"],
    ["too long a rank", { rank: "x".repeat(101) }, "pangkat"],
  ])("are refused beside the field and change nothing: %s", async (_, changes, field) => {
    await set({ nik: NIK });
    const before = await who();
    const refusal = await set(changes).catch((error: unknown) => error);
    expect(isAppError(refusal) && refusal.code).toBe("INPUT_INVALID");
    expect(isAppError(refusal) && refusal.problems.map((one) => one.field)).toEqual([field]);
    expect(await who()).toEqual(before);
  });

  it("leave in the log who changed them, and no digit of them", () => {
    const lines = portal.log.filter(({ event }) => event === "signer changed");
    expect(lines.map(({ detail }) => detail.nik)).toEqual(
      expect.arrayContaining(["set", "kept", "removed"]),
    );
    expect(lines[0]?.detail).toMatchObject({ person, by: "admin" });
    expect(JSON.stringify(portal.log)).not.toMatch(/64000000|19850101/);
  });
});

describe("sealed NIK", () => {
  it("opens for its own person and key alone, and not once it was altered", async () => {
    await using one = await tempDir();
    await using other = await tempDir();
    const seal = await openNikSeal(one.path);
    const sealed = seal.seal("orang-1", NIK);
    expect(seal.open("orang-1", sealed)).toBe(NIK);
    expect(seal.seal("orang-1", NIK)).not.toBe(sealed);
    expect((await openNikSeal(one.path)).open("orang-1", sealed)).toBe(NIK);
    const elsewhere = await openNikSeal(other.path);
    const altered = `${sealed.slice(0, -8)}AAAAAAAA`;
    for (const [attempt, text] of [
      [() => seal.open("orang-2", sealed), "another person"],
      [() => elsewhere.open("orang-1", sealed), "another key"],
      [() => seal.open("orang-1", altered), "altered"],
      [() => seal.open("orang-1", NIK), "not sealed"],
      [() => seal.open("orang-1", ""), "empty"],
    ] as const) {
      expect(attempt, text).toThrow(/INTERNAL/);
      expect(attempt, text).not.toThrow(NIK);
    }
  });

  it("has a key that only its owner reads", async () => {
    expect((await stat(portal.pathOf("nik-key"))).mode & 0o777).toBe(0o600);
    expect(await readFile(portal.pathOf("nik-key"), "utf8")).toMatch(/^[\w+/]{43}=$/);
  });
});

describe("signing a document", () => {
  it("leaves one line of who, when, what and the result, whatever came of it", async () => {
    const { signer, now } = portal.deps;
    if (!signer) throw new Error("no signer");
    await set({ nik: NIK });
    const identity = await who();
    const input = { identity, passphrase: null, reason: "CONTOH", at: now() };
    const pdf = await officialLetter();
    const signed = await signDocument(portal.deps, signer, { ...input, pdf });
    expect((await signer.verify(signed)).valid).toBe(true);
    await expect(
      signDocument(portal.deps, signer, { ...input, pdf: new Uint8Array(9) }),
    ).rejects.toThrow();
    const lines = portal.log.filter(({ event }) => event === "document signed");
    expect(lines.map(({ detail }) => detail)).toEqual([
      {
        by: "local-test",
        person,
        at: now().toISOString(),
        document: expect.stringMatching(/^[0-9a-f]{64}$/),
        result: "signed",
        signed: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      expect.objectContaining({ result: "SIGN_REFUSED" }),
    ]);
    expect(JSON.stringify(portal.log)).not.toContain(NIK);
  });
});
