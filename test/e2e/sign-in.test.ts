/** Signing in as people do it: forms without JavaScript, and passkeys in a browser that has one. */
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { personByEmail } from "#functions/services/people/accounts.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import { issueRecovery } from "#functions/services/people/recover.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { freePort } from "#support/free-port.ts";
import { startTestServer } from "#support/server.ts";
import { codeNow } from "#support/sign-in.ts";

let browser: Browser;
let server: Awaited<ReturnType<typeof startTestServer>>;
let base: string;

beforeAll(async () => {
  assertBuilt();
  const port = await freePort();
  // A passkey belongs to a name, never to a number.
  base = `http://localhost:${port}`;
  server = await startTestServer({
    env: { PULIH_DIST: dist, PULIH_PORT: String(port), PULIH_ORIGIN: base },
  });
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

interface Person {
  readonly email: string;
  readonly password: string;
}

let made = 0;
async function person(): Promise<Person> {
  made += 1;
  const email = `pejabat${made}@kaltim.contoh.go.id`;
  const password = "perahu kuning di hulu";
  await createUser(server.deps, { email, name: `CONTOH Pejabat ${made}`, password });
  return { email, password };
}

const open = (scripts: boolean): Promise<BrowserContext> =>
  browser.newContext({
    baseURL: base,
    locale: "id-ID",
    javaScriptEnabled: scripts,
    viewport: { width: 320, height: 720 },
  });
const pathOf = (page: Page): string => new URL(page.url()).pathname;
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

async function givePassword(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel("Alamat surel dinas").fill(email);
  await page.getByLabel("Kata sandi", { exact: true }).fill(password);
  await press(page, "Lanjutkan");
}

/** Sets the app up on the page that asks for it; answers its secret and the recovery codes. */
async function setUp(page: Page): Promise<{ uri: string; codes: string[] }> {
  const link = page.getByRole("link", { name: "Buka di aplikasi autentikator" });
  const uri = (await link.getAttribute("href")) ?? "";
  await page.getByLabel("Kode", { exact: true }).fill(await codeNow(uri));
  await press(page, "Pasang");
  return { uri, codes: await page.locator(".recovery-codes li").allTextContents() };
}

/** No fault for axe, nothing wider than the screen: light and dark. */
async function sound(context: BrowserContext, path: string): Promise<void> {
  const scripted = await browser.newContext({
    baseURL: base,
    storageState: await context.storageState(),
    viewport: { width: 320, height: 720 },
  });
  try {
    const page = await scripted.newPage();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320);
      expect(await axe(page), colorScheme).toEqual([]);
    }
  } finally {
    await scripted.close();
  }
}

describe("an official without JavaScript, on the narrowest screen", () => {
  it("sets the second step up once, then enters by password and code to the page asked for", async () => {
    const who = await person();
    const context = await open(false);
    const page = await context.newPage();
    const asked = "/ruang-kerja/akun/";
    await page.goto(asked);
    expect(pathOf(page)).toBe("/masuk/");
    await sound(context, "/masuk/");
    await givePassword(page, { ...who, password: "salah sekali saja" });
    expect(await page.title()).toMatch(/^Galat: /);
    expect(await page.getByLabel("Alamat surel dinas").inputValue()).toBe(who.email);
    await givePassword(page, who);
    expect(pathOf(page)).toBe("/ruang-kerja/akun/dua-langkah/");
    await sound(context, "/ruang-kerja/akun/dua-langkah/");
    for (const closed of ["/ruang-kerja/", "/ruang-kerja/akun/", "/ruang-kerja/akun/sandi/"]) {
      await page.goto(closed);
      expect(pathOf(page), closed).toBe("/ruang-kerja/akun/dua-langkah/");
    }
    await page.getByLabel("Kode", { exact: true }).fill("000000");
    await press(page, "Pasang");
    expect(await page.locator("#isian-kode-galat").textContent()).toContain("Kode salah");

    const { uri, codes } = await setUp(page);
    expect(codes).toHaveLength(10);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Unduh sebagai teks" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("kode-pemulihan-pulih.txt");
    await sound(context, new URL(page.url()).pathname + new URL(page.url()).search);
    await page.getByRole("link", { name: "Sudah saya simpan" }).click();
    expect(pathOf(page)).toBe(`${asked}sandi/`);
    for (const path of [
      asked,
      `${asked}sandi/`,
      `${asked}kode-pemulihan/`,
      `${asked}dua-langkah/`,
    ]) {
      await sound(context, path);
    }

    await page.goto(asked);
    expect(await page.locator("main").textContent()).toMatch(/Chrome di Linux/);
    await press(page, "Keluar");
    await page.goto(`/masuk/?ke=${encodeURIComponent(`${asked}sandi/`)}`);
    await givePassword(page, who);
    expect(pathOf(page)).toBe("/masuk/kode/");
    await sound(context, "/masuk/kode/");
    await page.getByLabel("Kode", { exact: true }).fill("000000");
    await press(page, "Masuk");
    expect(await page.locator("#isian-kode-galat").textContent()).toContain("Kode salah");
    await page.getByLabel("Kode", { exact: true }).fill(await codeNow(uri));
    await press(page, "Masuk");
    expect(pathOf(page)).toBe(`${asked}sandi/`);
    await context.close();
  });

  it("comes back by a link of the admin, and sees why a used link does not open", async () => {
    const who = await person();
    const { path } = await issueRecovery(server.deps, {
      person: await personByEmail(server.deps.db, who.email),
      by: null,
      removesSecondFactor: false,
    });
    const context = await open(false);
    const page = await context.newPage();
    await sound(context, path);
    await page.goto(path);
    await page.getByLabel("Kata sandi baru", { exact: true }).fill("pendek");
    await page.getByLabel("Ulangi kata sandi baru").fill("pendek");
    await press(page, "Simpan kata sandi");
    expect(await page.locator("#isian-sandi-baru-galat").textContent()).toContain("10 huruf");
    await page.getByLabel("Kata sandi baru", { exact: true }).fill("rakit bambu di muara");
    await page.getByLabel("Ulangi kata sandi baru").fill("rakit bambu di muara");
    await press(page, "Simpan kata sandi");
    expect(pathOf(page)).toBe("/masuk/");
    expect(await page.getByRole("status").textContent()).toContain(
      "Kata sandi baru sudah disimpan",
    );
    const [used] = await Promise.all([page.waitForResponse(/pulihkan/), page.goto(path)]);
    expect(used.status()).toBe(403);
    await sound(context, path);
    await givePassword(await goto(page, "/masuk/"), { ...who, password: "rakit bambu di muara" });
    expect(pathOf(page)).toBe("/ruang-kerja/akun/dua-langkah/");
    await context.close();
  });
});

describe("a passkey", () => {
  it("is added, named and removed by its owner, and opens the workroom alone", async () => {
    const who = await person();
    const context = await open(true);
    const page = await context.newPage();
    const { device, id } = await authenticator(page, true);
    await givePassword(await goto(page, "/masuk/"), who);
    await setUp(page);
    await page.goto("/ruang-kerja/akun/");
    await page.getByLabel("Nama kunci").fill("Ponsel kantor");
    await page.getByLabel("Kata sandi Anda").fill("bukan kata sandinya");
    await press(page, "Tambah kunci sandi");
    await page.getByText("Kata sandi salah.").waitFor();
    await page.getByLabel("Kata sandi Anda").fill(who.password);
    await press(page, "Tambah kunci sandi");
    await page.getByText("Kunci sandi ditambahkan.").waitFor();
    await sound(context, "/ruang-kerja/akun/");

    await press(page, "Keluar");
    await page.goto("/masuk/?ke=/ruang-kerja/akun/");
    await press(page, "Masuk dengan kunci sandi");
    await page.waitForURL((url) => url.pathname === "/ruang-kerja/akun/");
    expect(await page.locator("main").textContent()).toContain("kunci sandi; terakhir dipakai");

    await page.getByText("Ganti nama atau hapus").click();
    await page.getByLabel("Nama", { exact: true }).fill("Ponsel cadangan");
    await press(page, "Simpan nama");
    expect(await page.locator("main").textContent()).toContain("Ponsel cadangan");

    await press(page, "Keluar");
    await device.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: false });
    await page.goto("/masuk/");
    await press(page, "Masuk dengan kunci sandi");
    await page.getByText(/Kunci sandi tidak/).waitFor();
    expect(pathOf(page), "no finger, no PIN, no entry").toBe("/masuk/");

    await device.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: true });
    await press(page, "Masuk dengan kunci sandi");
    await page.waitForURL((url) => url.pathname === "/ruang-kerja/");
    await page.goto("/ruang-kerja/akun/");
    await page.getByText("Ganti nama atau hapus").click();
    await press(page, "Hapus kunci ini");
    await page.getByText("Kunci sandi dihapus").waitFor();
    await press(page, "Keluar");
    await page.goto("/masuk/");
    await press(page, "Masuk dengan kunci sandi");
    await page.getByText("Kunci sandi tidak diterima.").waitFor();
    await context.close();
  });

  it("is not offered without scripts", async () => {
    const context = await open(false);
    const page = await context.newPage();
    await page.goto("/masuk/");
    expect(await page.getByRole("button", { name: "Masuk dengan kunci sandi" }).count()).toBe(0);
    expect(await page.textContent("main")).toContain("memerlukan JavaScript");
    await context.close();
  });
});

async function goto(page: Page, path: string): Promise<Page> {
  await page.goto(path);
  return page;
}

async function authenticator(
  page: Page,
  verified: boolean,
): Promise<{ device: CDPSession; id: string }> {
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  const { authenticatorId: id } = await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: verified,
      automaticPresenceSimulation: true,
    },
  });
  return { device, id };
}
