/** The pictures of the guides: what each of the people sees at their work. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { withPage } from "#support/browser.ts";
import type { Official } from "#support/server.ts";
import { tempDir } from "#support/temp-dir.ts";
import { KALTIM } from "../http/office.ts";
import { type OfficeScene, openOfficeScene } from "./office-scene.ts";

const PHONE = { width: 390, height: 700 };
const DESK = { width: 900, height: 700 };
/** For the widest table. */
const WIDE = { width: 1200, height: 700 };
const SHEET_DPI = "80";
/** Air above and below what is shown. */
const MARGIN = 16;

interface Take {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly who?: Pick<Official, "cookie">;
  /** Brings the page to what is shown. */
  readonly go: (page: Page) => Promise<unknown>;
  /** Where the picture begins and ends: its first element, and its last or the height of the screen. */
  readonly from: string;
  readonly to?: string;
}

export async function takeGuideViews(browser: Browser, out: string): Promise<void> {
  await using scene = await openOfficeScene();
  for (const take of takesOf(scene)) await shoot(browser, scene.base, out, take);
  await printSheet(scene.sheet.pdf, join(out, "lembar-disposisi"));
}

function takesOf(scene: OfficeScene): readonly Take[] {
  const { decider, planner, admin, newcomer, waiting, asked, sheet } = scene;
  const at = (path: string) => (page: Page) => page.goto(path);
  const desk = at(`/ruang-kerja/permohonan/${waiting.ref}/`);
  return [
    { name: "ajukan-langkah", size: PHONE, from: "h1", go: (page) => fillForm(page, "sistem") },
    { name: "ajukan-periksa", size: PHONE, from: "h1", go: (page) => fillForm(page, "periksa") },
    {
      name: "lacak-pertanyaan",
      size: PHONE,
      go: at(`/lacak/?nomor=${asked.ref}&kode=${asked.code}`),
      from: "#bagian-sekarang",
      to: "#bagian-sekarang",
    },
    {
      name: "kotak-masuk",
      size: DESK,
      who: decider,
      go: at("/ruang-kerja/"),
      from: "h1",
      to: "section[aria-labelledby=kotak-hari-ini]",
    },
    {
      name: "permohonan-meja",
      size: DESK,
      who: decider,
      go: desk,
      from: "#sekarang",
      to: "#sekarang",
    },
    { name: "permohonan-ponsel", size: PHONE, who: decider, go: desk, from: "h1" },
    {
      name: "register-aset",
      size: WIDE,
      who: planner,
      go: at("/ruang-kerja/aset/"),
      from: "h1",
      to: "main table",
    },
    { name: "rencana", size: DESK, who: planner, go: at("/ruang-kerja/rencana/"), from: "h1" },
    {
      name: "admin-ringkasan",
      size: DESK,
      who: admin,
      go: at("/ruang-kerja/admin/"),
      from: "h1",
    },
    {
      name: "dua-langkah",
      size: PHONE,
      from: "h1",
      to: "main form",
      go: async (page) => {
        await page.goto("/masuk/");
        await page.getByLabel("Alamat surel dinas").fill(newcomer.email);
        await page.getByLabel("Kata sandi", { exact: true }).fill(newcomer.password);
        await page.getByRole("button", { name: "Lanjutkan" }).click();
        // A key in a guide would be scanned by somebody.
        for (const key of await page.locator(".setup .qr, .setup .secret").all()) {
          await key.evaluate((one: HTMLElement) => one.style.setProperty("filter", "blur(6px)"));
        }
      },
    },
    { name: "verifikasi", size: DESK, from: "h1", go: at(`/verifikasi/${sheet.code}/`) },
  ];
}

async function shoot(browser: Browser, base: string, out: string, take: Take): Promise<void> {
  const { width, height } = take.size;
  const options: BrowserContextOptions = { baseURL: base, viewport: take.size };
  await withPage(browser, options, async (page) => {
    const cookies = (take.who?.cookie.split("; ") ?? []).map((pair) => {
      const cut = pair.indexOf("=");
      return { name: pair.slice(0, cut), value: pair.slice(cut + 1), url: base };
    });
    await page.context().addCookies(cookies);
    await take.go(page);
    const top = (await edges(page, take.from)).top - MARGIN;
    const bottom = take.to ? (await edges(page, take.to)).bottom + MARGIN : top + height;
    const clip = { x: 0, y: top, width, height: bottom - top };
    await page.screenshot({ path: join(out, `${take.name}.png`), fullPage: true, clip });
  });
}

function edges(page: Page, of: string): Promise<{ top: number; bottom: number }> {
  return page
    .locator(of)
    .last()
    .evaluate((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return { top: top + window.scrollY, bottom: bottom + window.scrollY };
    });
}

/** Fills the form of one thing a page up to its third page, or to the check of it all. */
async function fillForm(page: Page, until: "sistem" | "periksa"): Promise<void> {
  await page.goto(`/sop/${KALTIM}/ajukan/layanan/`);
  const next = () => page.getByRole("button", { name: "Lanjutkan", exact: true }).click();
  await page.getByLabel("Apa yang Anda perlukan?").selectOption("restore");
  await next();
  await page.getByLabel("Nama perangkat daerah (OPD)").fill("CONTOH Dinas Pendidikan");
  await page.getByLabel("Nama lengkap pemohon").fill("CONTOH Siti Aminah");
  await page.getByLabel("Alamat surel dinas").fill("siti@opd.contoh.go.id");
  await next();
  await page.getByLabel("Nama").fill("CONTOH SIMPEG");
  await page.getByLabel("Jenis").selectOption("aplikasi");
  if (until === "sistem") return;
  await next();
  await next();
  await next();
  await page.getByLabel("Alasan permohonan").fill("CONTOH: tabel hilang setelah pemeliharaan");
  await next();
  await next();
}

async function printSheet(pdf: Buffer, stem: string): Promise<void> {
  await using directory = await tempDir();
  const file = join(directory.path, "surat.pdf");
  await writeFile(file, pdf);
  execFileSync("pdftoppm", ["-png", "-r", SHEET_DPI, "-l", "1", "-singlefile", file, stem]);
}
