import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LetterSite, openLetterSite } from "#support/letter-site.ts";
import { tempDir } from "#support/temp-dir.ts";

const SECRETS = {
  nama: "Bocor Nama Pemohon",
  opd: "Bocor Perangkat Daerah",
  surel: "bocor@opd.contoh.go.id",
  alasan: "Bocor isi surat",
};

let site: LetterSite;
beforeAll(async () => {
  site = await openLetterSite({ answers: SECRETS });
}, 60_000);
afterAll(() => site?.[Symbol.asyncDispose]());

const open = (path: string) => fetch(site.server.base + path, { redirect: "manual" });

describe("a letter's page", () => {
  it("is there for every letter that was signed, and shows what anybody may know", async () => {
    expect(site.letters.length).toBeGreaterThanOrEqual(3);
    for (const { code, title, sha256, signedBy } of site.letters) {
      const answer = await open(`/verifikasi/${code}/`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("private, no-store");
      const page = (await answer.text()).replace(/<\/?span>/g, "");
      for (const shown of [title, sha256, signedBy, "CONTOH:", `${code.slice(0, 5)}-`]) {
        expect(page, shown).toContain(shown);
      }
      expect(page).toContain('<meta name="robots" content="noindex"');
      expect(page).toMatch(/<dt>Tanggal<\/dt>\s*<dd><time datetime="2026-11-2\d">/);
    }
  });

  it("tells no name, no office of the pemohon, no request and no word of the letter", async () => {
    for (const { code } of site.letters) {
      const page = await (await open(`/verifikasi/${code}/`)).text();
      expect(page).not.toMatch(/bocor/i);
      expect(page).not.toContain(site.ref);
      expect(page).not.toContain(site.ref.replaceAll("-", ""));
      // Hired by the test under this name.
      expect(page).not.toMatch(/CONTOH (administrator|pengawas|pengelola|pemeriksa)/);
    }
  });

  it("belongs to a PDF that is signed over its whole length, and says CONTOH", async () => {
    await using directory = await tempDir();
    for (const { pdf } of site.letters) {
      const path = join(directory.path, "surat.pdf");
      await writeFile(path, pdf);
      const said = execFileSync("pdfsig", [path], { encoding: "utf8" });
      expect(said).toContain("Signature Validation: Signature is Valid.");
      expect(said).toContain("Total document signed");
      expect(said).toMatch(/Common Name: CONTOH /);
    }
  });

  it("is found however its code was typed, at one address", async () => {
    const [letter] = site.letters;
    const code = letter?.code ?? "";
    const typed = `${code.slice(0, 5).toLowerCase()} - ${code.slice(5)}`;
    const asked = await open(`/verifikasi/?kode=${encodeURIComponent(typed)}`);
    expect(asked.status).toBe(303);
    const next = await open(asked.headers.get("location") ?? "");
    expect([next.status, next.headers.get("location")]).toEqual([303, `/verifikasi/${code}/`]);
  });
});

describe("a code that no letter has", () => {
  it.each([
    ["well formed", "ABC2DEF3GH"],
    ["too short", "salah"],
    ["a percent sign", "%25"],
    ["a null", "%00"],
    ["far too long", "a".repeat(2_000)],
    ["a picture", "%F0%9F%98%80"],
  ])("is answered calmly, with what to do: %s", async (_, code) => {
    const answer = await open(`/verifikasi/${code}/`);
    expect(answer.status).toBe(404);
    const page = await answer.text();
    expect(page).toContain("Kode verifikasi tidak ditemukan.");
    expect(page).toContain("Yang dapat dilakukan");
    expect(page).toContain("<title>Galat: Verifikasi surat");
  });

  it("is no code of a document without a letter behind it", async () => {
    const { ref } = site;
    expect((await open(`/verifikasi/${ref}/`)).status).toBe(404);
    expect((await open("/verifikasi/?kode=")).status).toBe(422);
    expect((await open("/verifikasi/")).status).toBe(200);
  });
});

describe("guessing", () => {
  it("is stopped after too many wrong codes, and right ones do not count", async () => {
    await using guarded = await openLetterSite({ env: { PULIH_LIMIT_TRACK: "3" } });
    const right = guarded.letters[0]?.code ?? "";
    const status = async (code: string) => {
      const answer = await fetch(`${guarded.server.base}/verifikasi/${code}/`);
      await answer.arrayBuffer();
      return answer.status;
    };
    for (let times = 0; times < 5; times += 1) expect(await status(right)).toBe(200);
    for (let times = 0; times < 3; times += 1) expect(await status("ABC2DEF3GH")).toBe(404);
    expect(await status("ABC2DEF3GH")).toBe(429);
    expect(await status(right)).toBe(429);
  }, 60_000);
});
