import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalCa, openLocalCa } from "#functions/signing/local-ca.ts";
import { readUploadedLetter } from "#functions/signing/read-letter.ts";
import { PDF_BYTES_MAX, readSignatures } from "#functions/signing/read-signatures.ts";
import { signPdf } from "#functions/signing/sign-pdf.ts";
import { LETTER_NUMBER, officialLetter, signedElsewhere } from "#support/official-letter.ts";
import { tempDir } from "#support/temp-dir.ts";

let directory: Awaited<ReturnType<typeof tempDir>>;
let ca: LocalCa;
let plain: Uint8Array<ArrayBuffer>;
let signed: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  directory = await tempDir();
  ca = await openLocalCa(directory.path);
  plain = await officialLetter();
  signed = await signedElsewhere(plain);
});
afterAll(() => directory?.[Symbol.asyncDispose]());

/** Our own signature, made on a known instant. */
async function ours(pdf: Uint8Array): Promise<Uint8Array> {
  const at = new Date("2026-11-20T03:04:05Z");
  return signPdf(pdf, await ca.certify("Budi", at), { name: "Budi", reason: "(CONTOH)", at });
}

function text(pdf: Uint8Array): string {
  return Buffer.from(pdf).toString("latin1");
}

const bytesOf = (latin1: string) => new Uint8Array(Buffer.from(latin1, "latin1"));

describe("an uploaded letter", () => {
  it("tells its number and who signed it, as another program signed it", async () => {
    const { number, signatures } = await readUploadedLetter(signed);
    expect(number).toBe(LETTER_NUMBER);
    expect(signatures).toEqual([
      {
        signer: "CONTOH Sekretaris Dinas",
        issuer: "CONTOH Sekretaris Dinas",
        signedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        subFilter: "adbe.pkcs7.detached",
        intact: true,
        whole: true,
      },
    ]);
  });

  it("takes the time from the PDF where the signature holds none", async () => {
    const [found] = await readSignatures(await ours(plain));
    expect(found).toMatchObject({
      signer: "CONTOH Budi",
      issuer: "CONTOH Pulih (bukan sertifikat resmi)",
      signedAt: "2026-11-20T03:04:05.000Z",
    });
  });

  it("has no signature where nobody signed it, and still its number", async () => {
    expect(await readUploadedLetter(plain)).toEqual({ number: LETTER_NUMBER, signatures: [] });
  });

  it("has no number where it gives none", async () => {
    const { number } = await readUploadedLetter(await officialLetter("-"));
    expect(number).toBeNull();
  });
});

describe("a signature", () => {
  it("is no longer intact after a change of any byte that it covers", async () => {
    const gap = text(signed).indexOf("/Contents <");
    const gapEnd = text(signed).indexOf(">", gap);
    const inside = (at: number) => at > gap && at <= gapEnd;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: signed.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          fc.pre(!inside(at));
          const altered = signed.slice();
          altered[at] = (altered[at] ?? 0) ^ change;
          const found = await readSignatures(altered);
          expect(found.some(({ intact, whole }) => intact && whole)).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of another file does not fit, whatever certificate it brings along", async () => {
    const other = text(await signedElsewhere(await officialLetter("B-9/LAIN/2026")));
    const hex = (pdf: string) => /\/Contents <([0-9a-f]+)>/.exec(pdf)?.[1] ?? "";
    const swapped = text(signed).replace(hex(text(signed)), hex(other));
    expect(await readSignatures(bytesOf(swapped))).toMatchObject([{ intact: false }]);
  });

  it("covers no longer the whole file once something is appended", async () => {
    const extended = bytesOf(`${text(signed)}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n`);
    expect(await readSignatures(extended)).toMatchObject([{ intact: true, whole: false }]);
  });

  it("is not believed where its range leaves room for more than the signature", async () => {
    const [found, start, end, rest] =
      /\/ByteRange \[0 (\d+) (\d+) (\d+)\]/.exec(text(signed)) ?? [];
    const wider = `/ByteRange [0 ${Number(start) - 40} ${end} ${rest}]`;
    expect(await readSignatures(bytesOf(text(signed).replace(found ?? "", wider)))).toEqual([]);
    const late = `/ByteRange [9 ${Number(start) - 9} ${end} ${rest}]`;
    expect(await readSignatures(bytesOf(text(signed).replace(found ?? "", late)))).toEqual([]);
  });
});

describe("hostile and broken files", () => {
  it.each<[string, () => Uint8Array]>([
    ["nothing", () => new Uint8Array()],
    ["noise", () => randomBytes(20_000)],
    ["a picture's beginning", () => Buffer.from("\x89PNG\r\n\x1a\n", "latin1")],
    ["a bare head", () => Buffer.from("%PDF-1.7\n")],
    ["half a letter", () => signed.slice(0, signed.length / 2)],
    ["an encrypted file", () => bytesOf(text(plain).replace("/Root", "/Encrypt 99 0 R /Root"))],
    ["too large a file", () => new Uint8Array(PDF_BYTES_MAX + 1).fill(0x25)],
    ["deeply nested ASN.1", () => withContents(`${"3080".repeat(40_000)}`)],
    ["a signature of zeros", () => withContents("00".repeat(4_000))],
    ["endless marks", () => bytesOf(`%PDF-1.7\n${"/ByteRange [0 9 99 1]".repeat(300_000)}`)],
    ["a mark that never closes", () => bytesOf(`%PDF-1.7\n/ByteRange [${"0 ".repeat(1_000_000)}`)],
    ["a page that unpacks to a hundred times its size", () => bomb()],
  ])(
    "yield no signature and no error: %s",
    async (_, make) => {
      expect(await readUploadedLetter(make())).toMatchObject({ signatures: [] });
    },
    20_000,
  );

  it("yield no error whatever bytes are changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(signed.length - 1), fc.nat(255)), { maxLength: 40 }),
        async (changes) => {
          const altered = signed.slice();
          for (const [at, byte] of changes) altered[at] = byte;
          expect(Array.isArray(await readSignatures(altered))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** The signed letter with other bytes for a signature, of the same length. */
function withContents(hex: string): Uint8Array {
  const [found = ""] = /\/Contents <[0-9a-f]+>/.exec(text(signed)) ?? [];
  const room = found.length - "/Contents <>".length;
  const filled = hex.slice(0, room).padEnd(room, "0");
  return bytesOf(text(signed).replace(found, `/Contents <${filled}>`));
}

function bomb(): Uint8Array {
  const stream = deflateSync(Buffer.alloc(96 * 1024 * 1024, "(a) Tj "), { level: 9 });
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> /Contents 4 0 R >>",
    `<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n${stream.toString("latin1")}\nendstream`,
  ];
  const body = objects.map((one, at) => `${at + 1} 0 obj\n${one}\nendobj\n`).join("");
  return bytesOf(`%PDF-1.7\n${body}trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n`);
}
