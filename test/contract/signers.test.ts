import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAppError } from "#domain/errors.ts";
import { type BsreSettings, bsreSigner } from "#functions/signing/bsre-v1.ts";
import { type LocalCa, openLocalCa } from "#functions/signing/local-ca.ts";
import { openSigner } from "#functions/signing/open-signer.ts";
import type { Signer, SignerIdentity } from "#functions/signing/signer.ts";
import { type FakeBsre, type FakePerson, type Fault, startFakeBsre } from "#support/fake-bsre.ts";
import { officialLetter, signedElsewhere } from "#support/official-letter.ts";
import { sampleSop } from "#support/sample-sop.ts";
import { tempDir } from "#support/temp-dir.ts";
import { sopPdf } from "../../src/typst/sop-pdf.ts";
import { signerSuite } from "./signer-suite.ts";

const NIK = "6400000000000001";
const EXPIRED = "6400000000000002";
const PASSPHRASE = "frasa-rahasia-bocor";
const PEOPLE: ReadonlyMap<string, FakePerson> = new Map([
  [NIK, { name: "CONTOH Kepala Dinas", passphrase: PASSPHRASE, status: "ISSUE" }],
  [EXPIRED, { name: "CONTOH Kepala Bidang", passphrase: PASSPHRASE, status: "EXPIRED" }],
]);
const identity: SignerIdentity = {
  person: "orang-1",
  name: "Kepala Dinas",
  title: "Plt. Kepala Dinas",
  nip: null,
  rank: null,
  nik: NIK,
};
const pdf = sopPdf({
  sop: sampleSop(),
  digest: "0123456789abcdef".repeat(4),
  agency: { nama: "Dinas Contoh", kop: ["PEMERINTAH CONTOH", "DINAS CONTOH"] },
  origin: "https://sop.contoh.go.id",
  published: "2026-11-22",
  status: null,
});

let directory: Awaited<ReturnType<typeof tempDir>>;
let ca: LocalCa;
let fake: FakeBsre;
let bsre: Signer;
let local: Signer | null;

beforeAll(async () => {
  directory = await tempDir();
  ca = await openLocalCa(directory.path);
  fake = await startFakeBsre(ca, PEOPLE);
  bsre = bsreSigner(fake);
  local = openSigner({ adapter: "local-test" }, { dataDir: join(directory.path, "data") });
});
afterAll(async () => {
  await fake?.[Symbol.asyncDispose]();
  await directory?.[Symbol.asyncDispose]();
});

describe("local-test", () => {
  signerSuite(() => {
    if (!local) throw new Error("not opened");
    return { signer: local, identity, passphrase: null, pdf };
  });

  it("keeps its authority's key where nobody else reads it, and never makes a second one", async () => {
    const path = join(directory.path, "tte-contoh-ca.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const [one, other] = await Promise.all([openLocalCa(directory.path), ca]);
    const at = new Date();
    const issuers = [await one.certify("A", at), await other.certify("B", at)];
    const [first, second] = issuers.map(({ chain }) => chain[0]?.serialNumber.toString("hex"));
    expect(first).toBe(second);
  });

  it("is made once where two processes start together", async () => {
    await using place = await tempDir();
    const made = await Promise.all([openLocalCa(place.path), openLocalCa(place.path)]);
    const at = new Date();
    const serials = await Promise.all(
      made.map(async (one) => (await one.certify("A", at)).chain[0]?.serialNumber.toString("hex")),
    );
    expect(new Set(serials).size).toBe(1);
  });
});

describe("bsre-v1", () => {
  signerSuite(() => ({ signer: bsre, identity, passphrase: PASSPHRASE, pdf }));

  const signing = (changes: Partial<SignerIdentity> = {}, passphrase: string | null = PASSPHRASE) =>
    attempt(bsre, { ...identity, ...changes }, passphrase);

  it("asks for an invisible signature by NIK and passphrase, with the account of the portal", async () => {
    fake.asked.length = 0;
    expect(await signing()).toBe("signed");
    expect(fake.asked).toEqual(["POST /api/sign/pdf"]);
    expect(Object.fromEntries(fake.form)).toEqual({
      nik: NIK,
      passphrase: PASSPHRASE,
      tampilan: "invisible",
      reason: "Menyetujui",
    });
    expect(await attempt(bsreSigner({ ...fake, password: "salah" }), identity, PASSPHRASE)).toBe(
      "SIGN_REFUSED",
    );
  });

  it("asks the service whether the certificate counts, and takes no other answer for yes", async () => {
    const reason = "Menyetujui";
    const at = new Date();
    const own = await bsre.sign({ pdf, identity, passphrase: PASSPHRASE, reason, at });
    fake.asked.length = 0;
    expect(await bsre.verify(own.pdf)).toMatchObject({ valid: true });
    expect(fake.asked).toEqual(["POST /api/sign/verify"]);
    const foreign = await signedElsewhere(await officialLetter());
    expect(await bsre.verify(foreign)).toMatchObject({
      valid: false,
      signatures: [{ intact: true }],
    });
    fake.fail("page-instead-of-file");
    await expect(bsre.verify(own.pdf)).rejects.toMatchObject({ code: "SIGN_UNREACHABLE" });
    const gone = bsreSigner({ ...fake, url: "http://127.0.0.1:1" });
    await expect(gone.verify(own.pdf)).rejects.toMatchObject({ code: "SIGN_UNREACHABLE" });
  });

  it("tells a wrong passphrase, a stranger, an ended certificate and missing data apart", async () => {
    fake.asked.length = 0;
    expect(await signing({}, "salah")).toBe("SIGN_PASSPHRASE");
    expect(fake.asked).toEqual(["POST /api/sign/pdf"]);
    expect(await signing({ nik: "6400000000000009" })).toBe("SIGN_NOT_REGISTERED");
    expect(await signing({ nik: EXPIRED })).toBe("SIGN_EXPIRED");
    fake.asked.length = 0;
    expect(await signing({ nik: null })).toBe("SIGN_IDENTITY");
    expect(await signing({}, null)).toBe("SIGN_PASSPHRASE");
    expect(fake.asked).toEqual([]);
  });

  it("says beforehand who may sign", async () => {
    const stateOf = async (signer: Signer, nik: string | null) =>
      (await signer.status({ ...identity, nik })).state;
    expect(await stateOf(bsre, "6400000000000009")).toBe("not-registered");
    expect(await stateOf(bsre, EXPIRED)).toBe("expired");
    expect(await stateOf(bsre, null)).toBe("not-registered");
    expect(await stateOf(bsreSigner({ ...fake, password: "salah" }), NIK)).toBe("unreachable");
    expect(await stateOf(bsreSigner({ ...fake, url: "http://127.0.0.1:1" }), NIK)).toBe(
      "unreachable",
    );
  });

  it.each<[Fault, string]>([
    ["cut-before-signing", "SIGN_UNREACHABLE"],
    ["cut-after-signing", "SIGN_UNREACHABLE"],
    ["page-instead-of-file", "SIGN_UNREACHABLE"],
    ["breaks", "SIGN_UNREACHABLE"],
    ["sends-elsewhere", "SIGN_UNREACHABLE"],
    ["another-file-type", "SIGN_UNREACHABLE"],
    ["unsigned-file", "SIGN_REFUSED"],
  ])("asks once and never again by itself: %s", async (fault, code) => {
    fake.asked.length = 0;
    fake.fail(fault);
    expect(await signing()).toBe(code);
    expect(fake.asked).toEqual(["POST /api/sign/pdf"]);
  });

  it("asks no second time for a signature where the answer is an error it does not know", async () => {
    fake.asked.length = 0;
    fake.fail("json-instead-of-file");
    expect(await signing()).toBe("SIGN_REFUSED");
    expect(fake.asked).toEqual(["POST /api/sign/pdf", `GET /api/user/status/${NIK}`]);
  });

  it("gives up on a service that never answers", async () => {
    const hasty: BsreSettings = { ...fake, timeoutMs: 300 };
    fake.fail("never-answers");
    expect(await attempt(bsreSigner(hasty), identity, PASSPHRASE)).toBe("SIGN_UNREACHABLE");
  });

  it("fetches once the signed file that did not arrive whole", async () => {
    fake.asked.length = 0;
    fake.fail("cut-within-the-file");
    expect(await signing()).toBe("signed");
    expect(fake.asked).toHaveLength(2);
    expect(fake.asked[1]).toMatch(/^GET \/api\/sign\/download\/\d+$/);
    const [, path = ""] = (fake.asked[1] ?? "").split(" ");
    const account = Buffer.from(`${fake.user}:${fake.password}`).toString("base64");
    const again = await fetch(new URL(path, fake.url), {
      headers: { authorization: `Basic ${account}` },
    });
    expect([again.status, await again.text()]).toEqual([
      404,
      expect.stringContaining("Dokumen telah didownload sebelumnya"),
    ]);
  });

  it("puts neither NIK nor passphrase nor account into an error", async () => {
    const told: string[] = [];
    const faults: (Fault | null)[] = ["cut-after-signing", "breaks", "json-instead-of-file", null];
    for (const fault of faults) {
      if (fault) fake.fail(fault);
      const passphrase = fault ? PASSPHRASE : `${PASSPHRASE}-salah`;
      await bsre
        .sign({ pdf, identity, passphrase, reason: "Menyetujui", at: new Date() })
        .catch((error: unknown) => told.push(everythingIn(error)));
    }
    expect(told).toHaveLength(faults.length);
    for (const text of told) expect(text).not.toMatch(/bocor|64000000|sandi-layanan|portal:/);
  });
});

async function attempt(
  signer: Signer,
  who: SignerIdentity,
  passphrase: string | null,
): Promise<string> {
  try {
    await signer.sign({ pdf, identity: who, passphrase, reason: "Menyetujui", at: new Date() });
    return "signed";
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

function everythingIn(error: unknown): string {
  if (!isAppError(error)) throw error;
  const { message, stack, detail, cause, problems } = error;
  return [message, stack, JSON.stringify({ detail, problems }), String(cause)].join("\n");
}
