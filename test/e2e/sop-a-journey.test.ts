/**
 * SOP A from the form in its page to its end, by browsers without JavaScript, as its people would:
 * a pemohon with a tracking link, officials with accounts, a real agent that backs up a real database.
 */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { positionOf, positions } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { submissionForm } from "#domain/workflow/form.ts";
import { launchBrowser } from "#support/browser.ts";
import { tempDir } from "#support/temp-dir.ts";
import { sqliteHolding } from "../demo/holdings.ts";
import { type Office, openOffice } from "../demo/office.ts";

const stack = new AsyncDisposableStack();
let browser: Browser;
let office: Office;
let catalog: Catalog;
let sop: Sop;

beforeAll(async () => {
  const { path: directory } = stack.use(await tempDir());
  catalog = await loadCatalog(join(import.meta.dirname, "..", "..", "content"));
  const entry = catalog.sops.get("kaltim-backup-restore-database");
  if (!entry) throw new Error("SOP A is not in content");
  sop = entry.sop;
  office = await openOffice({ directory, catalog, stack, say: () => {} });
  await office.hireAgent(await agentConfig(directory));
  browser = await launchBrowser();
  stack.defer(() => browser.close());
}, 120_000);

afterAll(() => stack.disposeAsync());

async function agentConfig(directory: string): Promise<string> {
  const holding = sqliteHolding(join(directory, "arsip.db"), "arsip-db");
  await holding.fill();
  const key = join(directory, "vault.kunci");
  await writeFile(key, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  await mkdir(join(directory, "vault"));
  const file = join(directory, "agen.yaml");
  await writeFile(
    file,
    stringify({
      portal: office.portal.base,
      data: join(directory, "agen"),
      vaults: [
        { alias: "vault", jenis: "objects", direktori: join(directory, "vault"), berkasKunci: key },
      ],
      targets: [
        {
          alias: holding.alias,
          engine: holding.engine,
          vault: "vault",
          izin: ["backup", "restore", "check"],
          ...holding.config,
        },
      ],
    }),
  );
  return file;
}

/** A browser of one person, without JavaScript, on a phone. */
async function visitor(): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: office.portal.base,
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
  });
}

/** Fills whatever a form asks for; chooses the first of what it offers. */
async function fill(form: Locator): Promise<void> {
  for (const box of await form.locator('input[name="tick"]').all()) await box.check();
  const choices = form.locator('input[type="checkbox"]:not([name="tick"])');
  if ((await choices.count()) > 0) await choices.first().check();
  for (const area of await form.locator("textarea:visible").all()) await area.fill("CONTOH isian");
  for (const field of await form.locator('input[type="datetime-local"]').all()) {
    await field.fill("2026-11-24T09:00");
  }
  for (const select of await form.locator("select:visible").all()) {
    await select.selectOption({ index: (await select.locator("option").count()) > 1 ? 1 : 0 });
  }
}

const decisionForm = (page: Page): Locator => page.locator('form[action$="/decisions"]').first();

async function axe(path: string, context: BrowserContext): Promise<void> {
  // axe needs JavaScript: the same person's cookies in a context that has it.
  const scripted = await browser.newContext({
    baseURL: office.portal.base,
    storageState: await context.storageState(),
  });
  const page = await scripted.newPage();
  await page.goto(path);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html ?? ""}`)).toEqual([]);
  await scripted.close();
}

describe("a request of SOP A, without JavaScript", () => {
  it("is submitted from the SOP page and followed to its end", { timeout: 180_000 }, async () => {
    const pemohon = await visitor();
    const page = await pemohon.newPage();
    await page.goto(`/sop/${sop.slug}/`);
    const form = page.locator('form[action="/api/requests"]');
    for (const field of submissionForm(sop)) {
      const input = form.locator(`[name="${field.name}"]`);
      if (field.type === "select") await input.selectOption({ value: "backup" });
      else if (field.type === "email") await input.fill("contoh@opd.contoh.go.id");
      else if (field.type !== "file") await input.fill(`CONTOH ${field.label}`);
    }
    await form.getByRole("button", { name: "Kirim permohonan" }).click();
    const receipt = new URL(page.url());
    expect(receipt.pathname).toBe("/lacak/");
    const ref = receipt.searchParams.get("nomor") ?? "";
    const code = receipt.searchParams.get("kode") ?? "";
    expect(await page.textContent("main")).toContain(ref);
    await axe(`/lacak/?nomor=${ref}&kode=${code}`, pemohon);

    const people = new Map<string, BrowserContext>();
    const officials = positions(sop)
      .map(({ act }) => act)
      .filter((act) => act.oleh !== "pemohon");
    const scanned = new Set<string>();
    for (const act of officials) {
      const context = people.get(act.oleh) ?? (await signedIn(act.oleh));
      people.set(act.oleh, context);
      const desk = await context.newPage();
      await desk.goto("/ruang-kerja/");
      await desk.locator(`a[href*="${ref}"]`).first().click();
      if (!scanned.has(act.jenis)) {
        scanned.add(act.jenis);
        await axe(new URL(desk.url()).pathname, context);
      }
      if (act.tugasAgen !== null) {
        await fill(decisionForm(desk));
        await decisionForm(desk).getByRole("button", { name: "Perintahkan agen bekerja" }).click();
        const deadline = Date.now() + 60_000;
        const close = decisionForm(desk).locator('button[value="perform"]');
        while ((await close.count()) === 0) {
          if (Date.now() > deadline) throw new Error("the agent did not finish");
          await wait(300);
          await desk.reload();
        }
      }
      await fill(decisionForm(desk));
      await decisionForm(desk).locator('button[value="perform"]').click();
      expect(await desk.locator(".error-summary").count(), positionOf(sop, act.id).act.judul).toBe(
        0,
      );
      await desk.close();
    }

    await page.goto(`/lacak/?nomor=${ref}&kode=${code}`);
    const view = await office.portal.view({ cookie: null, code }, ref);
    expect(view.status).toBe("completed");
    expect(await page.textContent("main")).toMatch(/selesai/i);
    for (const path of [
      `/sop/${sop.slug}/`,
      "/transparansi/",
      `/lacak/?nomor=${ref}&kode=${code}`,
    ]) {
      await axe(path, pemohon);
    }
  });

  async function signedIn(role: string): Promise<BrowserContext> {
    const account = office.accountOf(sop, role);
    const context = await visitor();
    const page = await context.newPage();
    await page.goto("/ruang-kerja/");
    expect(new URL(page.url()).pathname).toBe("/masuk/");
    await page.locator('[name="surel"]').fill(account.email);
    await page.locator('[name="sandi"]').fill(account.password);
    await page.getByRole("button", { name: "Masuk" }).click();
    expect(new URL(page.url()).pathname).toBe("/ruang-kerja/");
    await axe("/ruang-kerja/", context);
    await page.close();
    return context;
  }

  it("shows what to mend when the form is sent empty, and keeps what was typed", async () => {
    const context = await visitor();
    const page = await context.newPage();
    await page.goto(`/sop/${sop.slug}/`);
    const form = page.locator('form[action="/api/requests"]');
    await form.locator('[name="nama"]').fill("CONTOH Pemohon");
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes("/formulir/")),
      form.getByRole("button", { name: "Kirim permohonan" }).click(),
    ]);
    expect(answer.status()).toBe(422);
    expect(await page.title()).toMatch(/^Galat: /);
    expect(await page.locator('[name="nama"]').inputValue()).toBe("CONTOH Pemohon");
    const summary = page.locator(".error-summary");
    expect(await summary.locator('a[href="#isian-surel"]').count()).toBe(1);
    await axe(new URL(page.url()).pathname + new URL(page.url()).search, context);
  });
});
