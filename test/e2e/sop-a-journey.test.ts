/**
 * SOP A from the form in its page to its end, by browsers without JavaScript, as its people would:
 * a pemohon with a tracking link, officials with accounts, a real agent that backs up a real database.
 */

import { join } from "node:path";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { positionOf, positions } from "#domain/sop/navigate.ts";
import { CLASH_FIELD, submissionForm } from "#domain/workflow/form.ts";
import { closeLoaded } from "#support/browser.ts";
import { codeNow } from "#support/sign-in.ts";
import { sqliteHolding } from "../demo/holdings.ts";
import { agentEnds, type Journey, openJourney } from "./journey.ts";

let journey: Journey;

beforeAll(async () => {
  journey = await openJourney({
    slug: "kaltim-backup-restore-database",
    holdings: (directory) => [sqliteHolding(join(directory, "arsip.db"), "arsip-db")],
  });
}, 240_000);

afterAll(() => journey?.[Symbol.asyncDispose]());

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

describe("a request of SOP A, without JavaScript", () => {
  it("is submitted from the SOP page and followed to its end", { timeout: 300_000 }, async () => {
    const { sop } = journey;
    const pemohon = await journey.visitor();
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
    await journey.axe(`/lacak/?nomor=${ref}&kode=${code}`, pemohon);

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
        await journey.axe(new URL(desk.url()).pathname, context);
      }
      if (act.tugasAgen !== null) {
        await fill(decisionForm(desk));
        await decisionForm(desk).getByRole("button", { name: "Perintahkan agen bekerja" }).click();
        const close = decisionForm(desk).locator('button[value="perform"]');
        await agentEnds(
          () => desk.reload(),
          async () => (await close.count()) > 0,
        );
      }
      await fill(decisionForm(desk));
      await decisionForm(desk).locator('button[value="perform"]').click();
      // The day of the plan may be over when this runs: the warning is read, the plan kept.
      const aware = decisionForm(desk).locator(`input[name="${CLASH_FIELD.name}"]`);
      if ((await aware.count()) > 0) {
        await aware.check();
        await decisionForm(desk).locator('button[value="perform"]').click();
      }
      expect(await desk.locator(".error-summary").count(), positionOf(sop, act.id).act.judul).toBe(
        0,
      );
      await closeLoaded(desk);
    }

    await page.goto(`/lacak/?nomor=${ref}&kode=${code}`);
    const view = await journey.office.portal.view({ cookie: null, code }, ref);
    expect(view.status).toBe("completed");
    expect(await page.textContent("main")).toMatch(/selesai/i);
    for (const path of [
      `/sop/${sop.slug}/`,
      "/transparansi/",
      `/lacak/?nomor=${ref}&kode=${code}`,
    ]) {
      await journey.axe(path, pemohon);
    }
  });

  async function signedIn(role: string): Promise<BrowserContext> {
    const account = journey.office.accountOf(journey.sop, role);
    const context = await journey.visitor();
    const page = await context.newPage();
    await page.goto("/ruang-kerja/");
    expect(new URL(page.url()).pathname).toBe("/masuk/");
    await page.locator('[name="surel"]').fill(account.email);
    await page.locator('[name="sandi"]').fill(account.password);
    await page.getByRole("button", { name: "Lanjutkan" }).click();
    expect(new URL(page.url()).pathname).toBe("/masuk/kode/");
    await page.locator('[name="kode"]').fill(await codeNow(account.totp));
    await page.getByRole("button", { name: "Masuk" }).click();
    expect(new URL(page.url()).pathname).toBe("/ruang-kerja/");
    await journey.axe("/ruang-kerja/", context);
    await closeLoaded(page);
    return context;
  }

  it("shows what to mend when the form is sent empty, and keeps what was typed", async () => {
    const context = await journey.visitor();
    const page = await context.newPage();
    await page.goto(`/sop/${journey.sop.slug}/`);
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
    await journey.axe(new URL(page.url()).pathname + new URL(page.url()).search, context);
  });
});
