/**
 * Around a restore with a real agent and real data, by browsers without JavaScript: what it would
 * change is looked at first, it is undone by a form and another's approval, and what a second one
 * keeps is dropped by the same.
 */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestView } from "#domain/workflow/view.ts";
import { assertBuilt } from "#support/built-site.ts";
import { codeNow } from "#support/sign-in.ts";
import { smallApplication } from "#support/small-application.ts";
import type { Holding } from "../demo/holdings.ts";
import { walk } from "../demo/walk.ts";
import { agentEnds, type Journey, openJourney } from "./journey.ts";

const SLUG = "kaltim-backup-restore-database";
const TARGETS = ["basis-data", "berkas"];
let journey: Journey;
let folder: string;

beforeAll(async () => {
  assertBuilt();
  journey = await openJourney({ slug: SLUG, holdings: applicationIn });
}, 240_000);

afterAll(() => journey?.[Symbol.asyncDispose]());

/** The small application as what the agent protects: a database and its files. */
function applicationIn(directory: string): Holding[] {
  folder = join(directory, "aplikasi");
  const made = async () => {
    await mkdir(folder, { recursive: true });
    await smallApplication(folder);
  };
  const nothing = async () => {};
  const places = [
    { alias: "basis-data", engine: "sqlite", config: { berkas: join(folder, "data.db") } },
    { alias: "berkas", engine: "directory", config: { direktori: join(folder, "berkas") } },
  ] as const;
  return places.map((place, index) => ({
    ...place,
    fill: index === 0 ? made : nothing,
    damage: nothing,
    digest: async () => (await smallApplication(folder)).content().then(String),
  }));
}

const content = async () => (await smallApplication(folder)).content();
const beside = async () =>
  (await readdir(folder)).filter((name) => !/^(data\.db|berkas)(-wal|-shm)?$/.test(name));

/** A request of this kind, brought by its people as far as `until`, or to its end. */
async function request(
  kind: "backup" | "restore",
  until?: (view: RequestView) => boolean,
): Promise<{ ref: string }> {
  const { office, sop } = journey;
  const errand = {
    ...{ sop, kind, targets: TARGETS },
    ...{ specification: "CONTOH aplikasi kecil", reason: `CONTOH ${crypto.randomUUID()}` },
  };
  const personOf = office.personOf;
  const options = { personOf, say: () => {}, now: () => new Date(), ...(until ? { until } : {}) };
  return walk(office.portal, errand, options);
}

/** In front of the request, signed in as the holder of a role. */
async function seat(role: string, ref: string): Promise<Page> {
  const account = journey.office.accountOf(journey.sop, role);
  const context: BrowserContext = await journey.visitor();
  const page = await context.newPage();
  await page.goto("/masuk/");
  await page.locator('[name="surel"]').fill(account.email);
  await page.locator('[name="sandi"]').fill(account.password);
  await page.getByRole("button", { name: "Lanjutkan" }).click();
  await page.locator('[name="kode"]').fill(await codeNow(account.totp));
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.goto(`/ruang-kerja/permohonan/${ref}/`);
  return page;
}

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const says = async (page: Page, place: string, text: RegExp): Promise<boolean> =>
  text.test((await page.locator(place).textContent()) ?? "");

/** Reloads the page until the place on it says so. */
const comes = (page: Page, place: string, text: RegExp) =>
  agentEnds(
    () => page.reload(),
    () => says(page, place, text),
  );

/** Sends the agent to restore and waits until it has kept what was there. */
async function restore(page: Page): Promise<void> {
  await press(page, "Perintahkan agen bekerja");
  await comes(page, "#salinan", /Disimpan sejak/);
}

async function ask(page: Page, wish: string): Promise<void> {
  const form = page.locator("#salinan details", { hasText: wish });
  await form.locator("summary").click();
  await form.locator("textarea").fill("CONTOH cadangan yang salah");
  await press(page, wish);
}

const waitsForRestore = (view: RequestView): boolean => view.next?.act === "laksana";

describe("around a restore, with the agent as the program it is", () => {
  it("is looked at, done, undone; a second one's copy is dropped", {
    timeout: 300_000,
  }, async () => {
    await request("backup");
    const saved = await content();
    const application = await smallApplication(folder);
    await application.damage();
    await application.write();
    const damaged = await content();

    const { ref } = await request("restore", waitsForRestore);
    const desk = await seat("pengelola", ref);
    await press(desk, "Buat pratinjau");
    // 666 rows were changed; one was written after the backup; a table of two rows is gone.
    await comes(desk, "#pratinjau", /menambah 2 baris, mengubah 666, dan menghilangkan 1 baris/);
    expect(await content(), "a look changes nothing").toEqual(damaged);
    expect(await beside()).toEqual([]);
    const approver = await seat("pengawas", ref);
    expect(await says(approver, "#pratinjau", /mengubah 666/), "for the approver too").toBe(true);

    await restore(desk);
    expect(await content()).toEqual(saved);
    expect((await beside()).length, "what was live is kept").toBeGreaterThan(0);

    await ask(desk, "Minta data dikembalikan");
    await press(desk, "Tarik permintaan saya");
    expect(await says(desk, "#salinan", /ditarik oleh yang meminta/)).toBe(true);
    await ask(desk, "Minta data dikembalikan");
    expect(await desk.getByRole("button", { name: "Setujui pengembalian" }).count()).toBe(0);
    await approver.reload();
    await press(approver, "Setujui pengembalian");
    await comes(desk, "#salinan", /Sudah dikembalikan/);
    expect(await content(), "as before the restore").toEqual(damaged);

    const again = await request("restore", waitsForRestore);
    const second = await seat("pengelola", again.ref);
    await restore(second);
    expect(await content()).toEqual(saved);
    expect((await beside()).length).toBeGreaterThan(0);
    await ask(second, "Minta salinan lama dihapus");
    await approver.goto(`/ruang-kerja/permohonan/${again.ref}/`);
    await press(approver, "Setujui penghapusan");
    await comes(second, "#salinan", /Sudah dihapus/);
    expect(await content(), "the restored data stay").toEqual(saved);
    expect(await beside()).toEqual([]);
  });
});
