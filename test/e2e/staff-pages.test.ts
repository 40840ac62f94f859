/** One walk over all pages of the workroom and of letters, in full use and empty. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import type { Official } from "#support/server.ts";
import { openStaffSite, type StaffSite } from "#support/staff-site.ts";

const SMALLEST = { width: 320, height: 640 };
const stack = new AsyncDisposableStack();
const open: BrowserContext[] = [];
let site: StaffSite;
let browser: Browser;

beforeAll(async () => {
  site = stack.use(await openStaffSite({ crowd: 12, assets: 6, accounts: 4 }));
  browser = await launchBrowser();
  stack.defer(() => browser.close());
}, 120_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((context) => context.close()));
});
afterAll(() => stack.disposeAsync());

async function seat(by: Official | null, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({
    baseURL: site.server.base,
    locale: "id-ID",
    viewport: SMALLEST,
    javaScriptEnabled,
  });
  const pairs = by === null ? [] : by.cookie.split("; ");
  await context.addCookies(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: site.server.base };
    }),
  );
  open.push(context);
  return context.newPage();
}

/** What is wrong with a page: its structure, its width, axe by day and by night. */
async function wrongs(page: Page, path: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "light" });
  const answer = await page.goto(path);
  const { pathname } = new URL(path, site.server.base);
  if (new URL(page.url()).pathname !== pathname) return [`${path} leads to ${page.url()}`];
  const found: string[] = answer?.status() === 200 ? [] : [`status ${answer?.status()}`];
  if ((await page.locator("h1").count()) !== 1) found.push("not one h1");
  if (!/^\S.* – Pulih$/.test(await page.title())) found.push(`title ${await page.title()}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) found.push(`${wide} px too wide`);
  found.push(...(await axe(page)));
  await page.emulateMedia({ colorScheme: "dark" });
  // By night only the colours differ.
  const night = await axe(page, { rules: ["color-contrast"] });
  found.push(...night.map((text) => `dark ${text}`));
  return found.map((text) => `${path}: ${text}`);
}

/** Without JavaScript: all is there, and no button is seen that only a script would answer. */
async function wrongsWithoutScripts(page: Page, path: string): Promise<string[]> {
  await page.goto(path);
  const idle = await page.locator('main button[type="button"]:visible').allTextContents();
  const empty = ((await page.textContent("main")) ?? "").trim().length < 40;
  return [
    ...idle.map((text) => `${path}: the button ${text} does nothing`),
    ...(empty ? [`${path}: nothing to read`] : []),
  ];
}

/** The first link on `path` that fits, as this person sees it. */
async function linkOn(by: Official, path: string, fits: RegExp): Promise<string> {
  const answer = await fetch(new URL(path, site.server.base), { headers: { cookie: by.cookie } });
  const found = [...(await answer.text()).matchAll(/href="([^"]+)"/g)]
    .map(([, href = ""]) => href)
    .find((href) => fits.test(href));
  if (found === undefined) throw new Error(`no ${fits} on ${path}`);
  return found;
}

/** Where a refused form leads back to. */
async function refused(by: Official, path: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(new URL(path, site.server.base), {
    method: "POST",
    redirect: "manual",
    headers: { cookie: by.cookie, accept: "text/html", origin: site.server.base },
    body: new URLSearchParams(form),
  });
  const place = answer.headers.get("location");
  if (answer.status !== 303 || place === null) throw new Error(`${path}: ${answer.status}`);
  return place;
}

async function walkOver(by: Official | null, paths: readonly string[]): Promise<void> {
  const [page, plain] = [await seat(by, true), await seat(by, false)];
  const found: string[] = [];
  for (const path of paths) {
    found.push(...(await wrongs(page, path)), ...(await wrongsWithoutScripts(plain, path)));
  }
  expect(found).toEqual([]);
}

const ROOM = "/ruang-kerja";

describe("the pages of the workroom", () => {
  it("let the signed in read, send others to the door and back, and are kept by nobody", async () => {
    const wanted = `${ROOM}/permohonan/?lewat=1`;
    const get = (headers: Record<string, string>) =>
      fetch(new URL(wanted, site.server.base), { headers, redirect: "manual" });
    const out = await get({});
    const door = `/masuk/?${new URLSearchParams({ ke: wanted })}`;
    expect([out.status, out.headers.get("location")]).toEqual([303, door]);
    const seen = await get({ cookie: site.people.first.cookie });
    expect([seen.status, seen.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
    const page = await seat(null, false);
    await page.goto(door);
    expect(await page.locator('input[name="ke"]').first().inputValue()).toBe(wanted);
  });

  it("are sound for one whose agency has no request", async () => {
    const rooms = ["", "permohonan/", "rencana/", "aset/", "aset/tinjauan/", "mandat/"];
    await walkOver(
      site.people.idle,
      rooms.map((room) => `${ROOM}/${room}`),
    );
  });

  it("are sound full of requests, in every state of one", async () => {
    const { closed, fresh, asked } = site.requests;
    const desk = (ref: string): string => `${ROOM}/permohonan/${ref}/`;
    await walkOver(site.people.first, [
      `${ROOM}/`,
      `${ROOM}/permohonan/`,
      `${ROOM}/permohonan/?lewat=1&urut=batas`,
      ...[closed, fresh, asked].map(({ ref }) => desk(ref)),
      await linkOn(site.people.first, desk(closed.ref), /\/dokumen\/[\w-]+\/$/),
    ]);
  });

  it("are sound where work is planned, assets are kept and mandates given", async () => {
    const { planner } = site.people;
    const asset = await linkOn(planner, `${ROOM}/aset/`, /\/aset\/AST-\w+\/$/);
    await walkOver(planner, [
      `${ROOM}/permohonan/${site.requests.toPlan.ref}/`,
      `${ROOM}/permohonan/${site.requests.planned[1]?.ref}/`,
      `${ROOM}/rencana/?tanggal=2026-11-23`,
      `${ROOM}/rencana/?tampilan=bulan&tanggal=2026-11-23`,
      ...["", "baru/", "impor/", "tinjauan/"].map((part) => `${ROOM}/aset/${part}`),
      ...["", "ubah/", "tanda/"].map((part) => `${asset}${part}`),
      `${ROOM}/mandat/`,
    ]);
  });

  it("are sound where one keeps the account, and where mandates are received", async () => {
    await walkOver(
      site.people.checker,
      ["mandat/", "akun/", "akun/sandi/", "akun/dua-langkah/"].map((part) => `${ROOM}/${part}`),
    );
  });

  it("are sound for the PPID", async () => {
    await walkOver(site.people.ppid, [
      `${ROOM}/ppid/`,
      `${ROOM}/ppid/${site.information.ref}/`,
      `${ROOM}/akun/`,
    ]);
  });

  it("are sound for the admin", async () => {
    const { admin } = site.people;
    const person = await linkOn(admin, `${ROOM}/admin/orang/`, /\/orang\/[\w-]{8,}\/$/);
    const posts = `${ROOM}/admin/jabatan/?instansi=kaltim`;
    await walkOver(admin, [
      ...["", "orang/", "agen/", "instansi/"].map((part) => `${ROOM}/admin/${part}`),
      posts,
      await linkOn(admin, posts, /\/jabatan\/[\w-]{12,}\/$/),
      `${ROOM}/admin/jabatan/tetapkan/?instansi=kaltim&jabatan=pengelola`,
      person,
      `${person}nonaktifkan/`,
      await linkOn(admin, `${ROOM}/admin/agen/`, /\/cabut\/$/),
    ]);
  });

  it("stay sound where a form was refused", async () => {
    const { planner, admin, first } = site.people;
    const { ref } = site.requests.fresh;
    const places: [Official, string][] = [
      [planner, await refused(planner, "/api/assets", { nama: "" })],
      [planner, await refused(planner, "/api/mandates", {})],
      [admin, await refused(admin, "/api/admin/people", {})],
      [first, await refused(first, `/api/requests/${ref}/decisions`, { decision: "perform" })],
    ];
    for (const [by, path] of places) {
      const page = await seat(by, true);
      const found = await wrongs(page, path.replace("#galat", ""));
      expect(found.map((text) => text.replace(/^.*: (?=status)/, ""))).toEqual([
        expect.stringMatching(/^status 4\d\d$/),
      ]);
      expect(await page.title()).toMatch(/^Galat: /);
    }
  });
});

describe("the pages of a letter and its request", () => {
  it("are sound for the pemohon and for whoever checks a letter", async () => {
    const { closed, asked, fresh } = site.requests;
    const verify = await linkOn(
      site.people.first,
      `${ROOM}/permohonan/${closed.ref}/`,
      /\/verifikasi\/[\w-]+\/$/,
    );
    await walkOver(null, [
      "/masuk/",
      "/verifikasi/",
      verify,
      "/lacak/",
      ...[closed, asked, fresh].map(({ ref, code }) => `/lacak/?nomor=${ref}&kode=${code}`),
    ]);
  });
});
