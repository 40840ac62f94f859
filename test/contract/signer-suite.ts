/** What every signer promises, asked of poppler as another program would read the file. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Signer, SignerIdentity } from "#functions/signing/signer.ts";
import { tempDir } from "#support/temp-dir.ts";

export interface SignerFixture {
  readonly signer: Signer;
  readonly identity: SignerIdentity;
  readonly passphrase: string | null;
  /** A tagged PDF/UA-1 file without a signature. */
  readonly pdf: Uint8Array;
}

const AT = new Date();

export function signerSuite(fixture: () => SignerFixture): void {
  const signed = async (): Promise<Uint8Array> => {
    const { signer, identity, passphrase, pdf } = fixture();
    const reason = "Menyetujui (CONTOH) – langkah 5";
    return (await signer.sign({ pdf, identity, passphrase, reason, at: AT })).pdf;
  };

  it("signs so that poppler finds one valid signature over the whole document", async () => {
    const said = await ask("pdfsig", await signed());
    expect(said).toContain("Signature Validation: Signature is Valid.");
    expect(said).toContain("Total document signed");
    expect(said).toContain("Signature Type: ETSI.CAdES.detached");
    expect(said.match(/Signature #/g)).toHaveLength(1);
    expect(said).toMatch(/Common Name: CONTOH /);
  });

  it("leaves tags, identification, language, text and structure of the file as they were", async () => {
    const { pdf } = fixture();
    const after = await signed();
    for (const options of [["-struct-text"], ["-meta"]]) {
      expect(await ask("pdfinfo", after, ...options)).toBe(await ask("pdfinfo", pdf, ...options));
    }
    const facts = await ask("pdfinfo", after);
    expect(facts).toMatch(/Tagged:\s+yes/);
    expect(await ask("pdfinfo", after, "-meta")).toContain("<pdfuaid:part>1</pdfuaid:part>");
    expect(Buffer.from(after).toString("latin1")).toContain("/Lang (id-ID)");
  });

  it("finds its own signature sound, and an altered, extended or unsigned file not", async () => {
    const { signer, pdf } = fixture();
    const after = await signed();
    expect(await signer.verify(after)).toMatchObject({
      valid: true,
      signatures: [{ intact: true, whole: true }],
    });
    const altered = after.slice();
    altered[2_000] = (altered[2_000] ?? 0) ^ 1;
    expect(await signer.verify(altered)).toMatchObject({
      valid: false,
      signatures: [{ intact: false, whole: true }],
    });
    const extended = Buffer.concat([after, Buffer.from("\n% tambahan")]);
    expect(await signer.verify(extended)).toMatchObject({
      valid: false,
      signatures: [{ intact: true, whole: false }],
    });
    expect(await signer.verify(pdf)).toEqual({ valid: false, signatures: [] });
  });

  it("signs many at once, each for itself", async () => {
    const files = await Promise.all([signed(), signed(), signed(), signed()]);
    for (const file of files) expect((await fixture().signer.verify(file)).valid).toBe(true);
  });

  it("says that a registered person may sign", async () => {
    const { signer, identity } = fixture();
    expect(await signer.status(identity)).toEqual({ state: "ready" });
  });
}

async function ask(program: string, pdf: Uint8Array, ...options: string[]): Promise<string> {
  await using directory = await tempDir();
  const path = join(directory.path, "surat.pdf");
  await writeFile(path, pdf);
  const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
  const said = execFileSync(program, [...options, path], { encoding: "utf8", stdio });
  return said.replaceAll(path, "surat.pdf");
}
