/** The admin's room and mandates as people meet them: by forms alone, on a small screen, by axe. */
import { eq } from "drizzle-orm";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { positionHolders } from "#db/schema/people.ts";
import { submissionForm } from "#domain/workflow/form.ts";
import type { RunningServer } from "#functions/http/server.ts";
import { holdingViews } from "#functions/services/admin/holdings.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import { grantAdmin } from "#functions/services/people/grant-admin.ts";
import { enrolTotp } from "#functions/services/people/second-factor.ts";
import { axe } from "#support/axe.ts";
import { closeLoaded, launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { hire, startTestServer } from "#support/server.ts";
import { codeNow } from "#support/sign-in.ts";

const SLUG = "kukar-restore-vps-vm";
const PASSWORD = "tujuh kuda nil makan 9 pepaya";
const stack = new AsyncDisposableStack();
let server: RunningServer;
let browser: Browser;
let admin: BrowserContext;
let ref: string;

const send = (path: string, init?: RequestInit) =>
  fetch(new URL(path, server.base), { ...init, redirect: "manual" });

beforeAll(async () => {
  assertBuilt();
  server = stack.use(await startTestServer({ env: { PULIH_DIST: dist } }));
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  const { person } = await createUser(server.deps, {
    email: "admin@contoh.go.id",
    name: "CONTOH Admin",
    password: PASSWORD,
  });
  await grantAdmin(server.deps, { email: "admin@contoh.go.id", by: null });
  const { secret } = await enrolTotp(server.deps, { person, email: "admin@contoh.go.id" });
  admin = await signedIn("admin@contoh.go.id", PASSWORD, secret, "/ruang-kerja/admin/");
  ref = await submitted();
}, 60_000);

afterAll(() => stack.disposeAsync());

async function submitted(): Promise<string> {
  const entry = server.deps.catalog.sops.get(SLUG);
  if (!entry) throw new Error(`no SOP ${SLUG}`);
  const filled = submissionForm(entry.sop)
    .filter(({ type }) => type !== "file")
    .map(({ name, type, options, label }) => {
      const value = type === "email" ? "contoh@opd.contoh.go.id" : `CONTOH ${label}`;
      return [name, type === "select" ? (options[0]?.value ?? "") : value];
    });
  const answer = await send("/api/requests", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ ...Object.fromEntries(filled), sop: SLUG, kontak: "0541 731963" }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: { ref: string } }).data.ref;
}

/** A browser without JavaScript on a phone, signed in by the forms. */
async function signedIn(
  email: string,
  password: string,
  secret: string,
  expected: string,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: server.base,
    locale: "id-ID",
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
  });
  const page = await context.newPage();
  await page.goto("/masuk/");
  await page.locator('[name="surel"]').fill(email);
  await page.locator('[name="sandi"]').fill(password);
  await page.getByRole("button", { name: "Lanjutkan" }).click();
  await page.locator('[name="kode"]').fill(await codeNow(secret));
  await page.getByRole("button", { name: "Masuk", exact: true }).click();
  expect(new URL(page.url()).pathname).toBe(expected);
  await closeLoaded(page);
  return context;
}

/** axe, and that nothing is wider than the narrowest screen. */
async function judge(context: BrowserContext, path: string): Promise<void> {
  const scripted = await browser.newContext({
    baseURL: server.base,
    storageState: await context.storageState(),
  });
  const page = await scripted.newPage();
  await page.goto(path);
  expect(await axe(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 700 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(
    320,
  );
  await scripted.close();
}

const dateIn = (days: number): string =>
  new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);

const text = (page: Page) => page.locator("main").textContent();

describe("the admin's room, without JavaScript", () => {
  it("adds a person and makes them Plt., who then finds the item; the link is shown once", async () => {
    const page = await admin.newPage();
    await page.goto("/ruang-kerja/admin/orang/");
    await page.getByRole("button", { name: "Tambah orang" }).click();
    expect(await page.title()).toMatch(/^Galat: /);
    expect(await page.locator(".error-summary li").count()).toBe(2);
    await judge(admin, new URL(page.url()).pathname + new URL(page.url()).search);
    await page.locator('[name="nama"]').fill("CONTOH Pelaksana Tugas");
    await page.locator('[name="surel"]').fill("plt@contoh.go.id");
    await page.getByRole("button", { name: "Tambah orang" }).click();
    const link = ((await page.locator(".confirmation .digest").textContent()) ?? "").trim();
    expect(link).toContain("/masuk/pulihkan/?kode=");
    const person = new URL(page.url()).pathname.split("/").at(-2) ?? "";
    await page.reload();
    expect(await text(page)).not.toContain("/masuk/pulihkan/");

    await page.goto("/ruang-kerja/admin/jabatan/?instansi=kukar");
    const post = page.locator("section", {
      has: page.getByRole("heading", { name: "Kepala Dinas" }),
    });
    expect(await post.textContent()).toContain("Belum ada pemegang");
    await post.getByRole("link", { name: "Tetapkan pemegang" }).click();
    await page.locator('[name="orang"]').selectOption(person);
    await page.locator('[name="kapasitas"]').selectOption("plt");
    await page.locator('[name="sampai"]').fill(dateIn(20));
    await page.getByRole("button", { name: "Tetapkan" }).click();
    expect(await page.locator(".error-summary li").allInnerTexts()).toHaveLength(1);
    await page.locator('[name="dasar"]').fill("CONTOH SK Plt.");
    await page.getByRole("button", { name: "Tetapkan" }).click();
    expect(await page.locator('[role="status"]').textContent()).toContain("Jabatan ditetapkan");
    await page.goto("/ruang-kerja/admin/");
    expect(await text(page)).toContain("Jabatan yang berakhir dalam 30 hari");

    const stranger = await browser.newContext({ javaScriptEnabled: false });
    const own = await stranger.newPage();
    await own.goto(link);
    for (const name of ["sandi-baru", "sandi-ulang"]) {
      await own.locator(`[name="${name}"]`).fill(PASSWORD);
    }
    await own.getByRole("button", { name: "Simpan kata sandi" }).click();
    const { secret } = await enrolTotp(server.deps, { person, email: "plt@contoh.go.id" });
    await stranger.close();
    const plt = await signedIn("plt@contoh.go.id", PASSWORD, secret, "/ruang-kerja/");
    const desk = await plt.newPage();
    await desk.goto("/ruang-kerja/");
    expect(await text(desk)).toContain("Plt. Kepala Dinas");
    await desk.locator(`a[href*="${ref}"]`).first().click();
    expect(await text(desk)).toContain("Tindakan Anda");
    await desk.goto("/ruang-kerja/admin/");
    expect(await desk.locator("h1").textContent()).not.toContain("Ringkasan admin");

    await page.goto(`/ruang-kerja/admin/orang/${person}/`);
    await page.getByRole("link", { name: "Nonaktifkan akun" }).click();
    expect(await text(page)).toContain("Masih memegang Plt. Kepala Dinas");
    await judge(admin, new URL(page.url()).pathname);
    await page.getByRole("button", { name: "Nonaktifkan akun" }).click();
    expect(await page.locator('[role="status"]').textContent()).toContain("dinonaktifkan");
    await desk.goto("/ruang-kerja/");
    expect(new URL(desk.url()).pathname).toBe("/masuk/");
    await plt.close();
  });

  it("has no barrier on any page, and keeps within the narrowest screen", async () => {
    const official = await hire(server.deps, send, "kaltim", "pengelola", {});
    const [holding] = await holdingViews(server.deps, eq(positionHolders.person, official.person));
    for (const path of [
      "/ruang-kerja/admin/",
      "/ruang-kerja/admin/orang/?cari=contoh",
      `/ruang-kerja/admin/orang/${official.person}/`,
      "/ruang-kerja/admin/jabatan/?instansi=kaltim",
      "/ruang-kerja/admin/jabatan/tetapkan/?instansi=kaltim&jabatan=pengelola",
      `/ruang-kerja/admin/jabatan/${holding?.id}/`,
      "/ruang-kerja/admin/agen/",
      "/ruang-kerja/admin/instansi/",
    ]) {
      await judge(admin, path);
    }
  });
});

describe("a mandate, without JavaScript", () => {
  it("lets another official find the item, until it is taken back", async () => {
    const head = await hire(server.deps, send, "kukar", "kepala-dinas", { name: "CONTOH Kadis" });
    const deputy = await hire(server.deps, send, "kukar", "jft", { name: "CONTOH JFT" });
    const seatOf = async ({ email, password }: typeof head, secret: string) =>
      signedIn(email, password, secret, "/ruang-kerja/");
    const giver = await seatOf(head, head.secret);
    const receiver = await seatOf(deputy, deputy.secret);
    const page = await giver.newPage();
    const desk = await receiver.newPage();
    await desk.goto("/ruang-kerja/");
    expect(await desk.locator(`a[href*="${ref}"]`).count()).toBe(0);

    await page.goto("/ruang-kerja/mandat/");
    await page.locator('[name="penerima"]').selectOption(deputy.person);
    await page.locator('[name="sampai"]').fill(dateIn(120));
    await page.locator('[name="dasar"]').fill("CONTOH dinas luar");
    await page.getByRole("button", { name: "Beri mandat" }).click();
    expect(await page.locator(".error-summary li").textContent()).toContain("paling lama 90 hari");
    await page.locator('[name="sampai"]').fill(dateIn(4));
    await page.getByRole("button", { name: "Beri mandat" }).click();
    expect(await page.locator('[role="status"]').textContent()).toContain("Mandat diberikan");

    await desk.reload();
    expect(await text(desk)).toContain("a.n. Kepala Dinas");
    expect(await desk.locator(`a[href*="${ref}"]`).count()).toBeGreaterThan(0);
    for (const context of [giver, receiver]) await judge(context, "/ruang-kerja/mandat/");

    await page.getByRole("button", { name: /^Cabut mandat/ }).click();
    expect(await page.locator('[role="status"]').textContent()).toContain("Mandat dicabut");
    await desk.reload();
    expect(await desk.locator(`a[href*="${ref}"]`).count()).toBe(0);
    expect(await text(desk)).toContain("Mandat Anda untuk Kepala Dinas");
    await giver.close();
    await receiver.close();
  });
});
