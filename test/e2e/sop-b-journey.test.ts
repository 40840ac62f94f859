/**
 * SOP B from the form in its page to the receipt of its last letter, by keyboard alone, without
 * JavaScript, with every role: a real agent restores a database and the files of an application.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { positions } from "#domain/sop/navigate.ts";
import type { SopAct } from "#domain/sop/schema.ts";
import { submissionForm } from "#domain/workflow/form.ts";
import type { NextView, RequestView } from "#domain/workflow/view.ts";
import { closeLoaded } from "#support/browser.ts";
import { codeNow } from "#support/sign-in.ts";
import { tempDir } from "#support/temp-dir.ts";
import { directoryHolding, sqliteHolding } from "../demo/holdings.ts";
import { command } from "../demo/programs.ts";
import { agentEnds, type Journey, openJourney } from "./journey.ts";
import { Keyboard } from "./keyboard.ts";

let journey: Journey;
/** Contents before the damage, by alias. */
const before = new Map<string, string>();

beforeAll(async () => {
  journey = await openJourney({
    slug: "kukar-restore-vps-vm",
    settings: { PULIH_TTE: "local-test" },
    holdings: (directory) => {
      const files = join(directory, "perizinan");
      mkdirSync(files);
      return [
        sqliteHolding(join(directory, "perizinan.db"), "perizinan-db"),
        directoryHolding(files, "perizinan-berkas"),
      ];
    },
  });
  const backUp = ["--config", journey.agentConfig, "--json"];
  for (const holding of journey.holdings) {
    await command("src/agent/main.ts", ["backup", holding.alias, ...backUp], {});
    before.set(holding.alias, await holding.digest());
    await holding.damage();
    expect(await holding.digest()).not.toBe(before.get(holding.alias));
  }
}, 240_000);

afterAll(() => journey?.[Symbol.asyncDispose]());

interface Filed {
  readonly context: BrowserContext;
  readonly ref: string;
  readonly code: string;
  readonly tracked: string;
}

async function submit(): Promise<Filed> {
  const { sop } = journey;
  const context = await journey.visitor();
  const page = await context.newPage();
  const keys = new Keyboard(page);
  await page.goto(`/sop/${sop.slug}/`);
  await journey.axe(`/sop/${sop.slug}/`, context);
  for (const { name, type, label } of submissionForm(sop)) {
    if (type === "select") await keys.choose(label);
    else if (type === "email") await keys.type(label, "contoh@opd.contoh.go.id");
    else if (type !== "file") await keys.type(label, `CONTOH ${name}`);
  }
  await keys.follow("button", "Kirim permohonan");
  const { pathname, searchParams } = new URL(page.url());
  expect(pathname).toBe("/lacak/");
  const ref = searchParams.get("nomor") ?? "";
  const code = searchParams.get("kode") ?? "";
  expect(await page.textContent("main")).toContain(ref);
  const tracked = `/lacak/?nomor=${ref}&kode=${code}`;
  await journey.axe(tracked, context);
  return { context, ref, code, tracked };
}

async function signedIn(role: string): Promise<BrowserContext> {
  const { email, password, totp } = journey.office.accountOf(journey.sop, role);
  const context = await journey.visitor();
  const page = await context.newPage();
  const keys = new Keyboard(page);
  await page.goto("/ruang-kerja/");
  await keys.type("Alamat surel dinas", email);
  await keys.type("Kata sandi", password);
  await keys.follow("button", "Lanjutkan");
  await keys.type("Kode", await codeNow(totp));
  await keys.follow("button", /^Masuk$/);
  expect(new URL(page.url()).pathname).toBe("/ruang-kerja/");
  await journey.axe("/ruang-kerja/", context);
  await closeLoaded(page);
  return context;
}

/** What the page asks of this person now, as the portal tells programs. */
async function asked(context: BrowserContext, ref: string): Promise<NextView> {
  const answer = await context.request.get(`/api/requests/${ref}`);
  const { data } = (await answer.json()) as { data: RequestView };
  if (!data.next?.mayAct) throw new Error(data.next?.mayNot ?? "nothing is asked");
  return data.next;
}

async function fill(keys: Keyboard, { checklist, fields }: NextView): Promise<void> {
  for (const item of checklist) await keys.tick(item);
  for (const { label, type, options, required } of fields) {
    if (!required) continue;
    if (type === "choices") {
      for (const { alias } of journey.holdings) {
        const newest = options.find(({ value }) => value.startsWith(`${alias}@`));
        if (!newest) throw new Error(`no backup of ${alias} is offered`);
        await keys.tick(newest.label);
      }
    } else if (type === "select") await keys.choose(label);
    else await keys.type(label, type === "number" ? "30" : `CONTOH ${label.toLowerCase()}`);
  }
}

/** From the inbox through the whole act; the agent works where the SOP says so. */
async function perform(context: BrowserContext, ref: string, act: SopAct): Promise<void> {
  const page = await context.newPage();
  const keys = new Keyboard(page);
  await page.goto("/ruang-kerja/");
  await keys.follow("link", act.judul);
  const path = new URL(page.url()).pathname;
  await journey.axe(path, context);
  if ((await asked(context, ref)).phase === "start") {
    await fill(keys, await asked(context, ref));
    await keys.follow("button", "Perintahkan agen bekerja");
    await agentEnds(
      () => page.reload(),
      async () => (await page.locator('button[value="perform"]').count()) > 0,
    );
  }
  const next = await asked(context, ref);
  await fill(keys, next);
  await keys.follow("button", next.title);
  expect(await page.locator(".error-summary").count(), next.title).toBe(0);
  await closeLoaded(page);
}

describe("a request of SOP B, by keyboard, without JavaScript", () => {
  it("goes through every role to the receipt, restores the data, and leaves signed letters", {
    timeout: 300_000,
  }, async () => {
    const { office, sop } = journey;
    const { context: pemohon, ref, code, tracked } = await submit();
    const people = new Map<string, BrowserContext>();
    const acts = positions(sop).map(({ act }) => act);
    for (const act of acts.filter(({ oleh }) => oleh !== "pemohon")) {
      const official = people.get(act.oleh) ?? (await signedIn(act.oleh));
      people.set(act.oleh, official);
      await perform(official, ref, act);
    }
    for (const { alias, digest } of journey.holdings) {
      expect(await digest(), alias).toBe(before.get(alias));
    }

    const page = await pemohon.newPage();
    const keys = new Keyboard(page);
    await page.goto(tracked);
    await journey.axe(tracked, pemohon);
    const receipt = (await office.portal.view({ cookie: null, code }, ref)).next;
    for (const item of receipt?.checklist ?? []) await keys.tick(item);
    await keys.follow("button", acts.at(-1)?.judul ?? "");
    expect((await office.portal.view({ cookie: null, code }, ref)).status).toBe("completed");
    expect(await page.textContent("main")).toContain("Selesai");
    await journey.axe(tracked, pemohon);

    await signed(pemohon, tracked);
    await keys.follow("link", "Verifikasi Surat pemberitahuan");
    expect(new URL(page.url()).pathname).toMatch(/^\/verifikasi\/[A-Z2-9]{10}\/$/);
    expect(await page.locator("dl.facts").textContent()).toContain("Surat pemberitahuan");
    await journey.axe(new URL(page.url()).pathname, pemohon);
  });
});

/** Every letter with a code: its PDF is what the page of the code tells, and its signature holds. */
async function signed(context: BrowserContext, tracked: string): Promise<void> {
  await using directory = await tempDir();
  const page = await context.newPage();
  await page.goto(tracked);
  const letters = await page
    .locator(".letter-files", { has: page.locator('a[href^="/verifikasi/"]') })
    .evaluateAll((all) =>
      all.map((one) => ({
        pdf: one.querySelector("a")?.getAttribute("href") ?? "",
        proof: one.querySelector('a[href^="/verifikasi/"]')?.getAttribute("href") ?? "",
      })),
    );
  // Two sheets of disposisi, the approved report, the notice.
  expect(letters).toHaveLength(4);
  for (const { pdf, proof } of letters) {
    const answer = await context.request.get(pdf);
    expect(answer.headers()["content-type"]).toBe("application/pdf");
    const file = join(directory.path, "surat.pdf");
    const bytes = await answer.body();
    await writeFile(file, bytes);
    const said = execFileSync("pdfsig", ["-nocert", file], { encoding: "utf8" });
    expect(said).toContain("Signature Validation: Signature is Valid.");
    expect(said).toContain("Total document signed");
    await page.goto(proof);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await page.locator(".fingerprint").textContent()).toBe(sha256);
    expect(await page.textContent("main")).toContain("CONTOH");
  }
}
