import { createHash } from "node:crypto";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axe } from "#support/axe.ts";
import { client } from "#support/built-site.ts";
import {
  FORMER,
  OTHER,
  openReadingSite,
  PATH,
  PDF,
  type ReadingSite,
  SLUG,
} from "#support/reading-site.ts";
import { tempDir } from "#support/temp-dir.ts";
import { entriesOf, verdictOnFile } from "../../src/scripts/verdicts.ts";

let site: ReadingSite;
beforeAll(async () => {
  site = await openReadingSite();
}, 60_000);
afterAll(() => site?.[Symbol.asyncDispose]());

describe("authenticity", () => {
  const results = (page: Page) => page.locator("#keaslian [role=status] .note");

  it("shows the digest and how to compare it without scripts", async () => {
    await site.visit({ javaScriptEnabled: false }, async (page) => {
      await page.goto(site.server.base + PATH);
      expect(await page.locator("#keaslian .fingerprint").textContent()).toBe(site.digestOf(SLUG));
      expect(await page.textContent("#keaslian")).toContain("sha256sum sop.json");
      expect(await page.locator("#keaslian input[type=file]").isVisible()).toBe(false);
      const [address] = await page
        .locator("#keaslian details a")
        .evaluateAll((all) => all.map(String));
      const bytes = await (await fetch(address ?? "")).bytes();
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(site.digestOf(SLUG));
    });
  });

  it.each([
    ["its own", (): string => site.digestOf(SLUG), /^Cocok: .*versi 1 ini/, null],
    ["another version's", (): string => FORMER, /berasal dari versi 2/, `${PATH}versi/2/`],
    [
      "another SOP's",
      (): string => site.digestOf(OTHER),
      /milik SOP lain/,
      `/sop/${OTHER}/versi/1/`,
    ],
    ["nobody's", (): string => "c".repeat(64), /Jangan dipakai; hubungi dinas/, null],
    ["a damaged one", (): string => "abc", /^Tidak dapat diperiksa/, null],
  ] as const)(
    "tells by the printed address whose digest it is: %s",
    async (_, digest, words, link) => {
      await site.visit({}, async (page) => {
        await page.goto(`${site.server.base}${PATH}versi/1/#sha256=${digest()}`);
        await expect.poll(() => results(page).count()).toBe(2);
        expect(await results(page).nth(0).textContent()).toMatch(words);
        expect(await results(page).nth(1).textContent()).toMatch(/^Cocok: data terbitan/);
        const href = results(page).nth(0).getByRole("link");
        expect(await href.evaluateAll((all) => all.map((one) => one.getAttribute("href")))).toEqual(
          link === null ? [] : [link],
        );
        expect(await axe(page)).toEqual([]);
      });
    },
  );

  it("says so when the published data are not those of the page", async () => {
    await site.visit({}, async (page) => {
      const file = await readFile(join(client, PATH, "sop.json"), "utf8");
      await page.route("**/sop.json", (route) =>
        route.fulfill({ body: `${file} `, contentType: "application/json" }),
      );
      await page.goto(site.server.base + PATH);
      await page.getByRole("button", { name: "Periksa data versi ini" }).click();
      await results(page).waitFor();
      expect(await results(page).textContent()).toMatch(/^Tidak cocok: data terbitan/);
    });
  });

  it("finds every version and its PDF in the list that the build writes", async () => {
    const manifest: unknown = JSON.parse(await readFile(join(client, "manifes.json"), "utf8"));
    const entries = entriesOf(manifest) ?? [];
    for (const slug of [SLUG, OTHER]) {
      const pdf = await readFile(join(client, "sop", slug, "sop.pdf"));
      const shown = { slug, versi: 1, digest: site.digestOf(slug) };
      const sha256 = createHash("sha256").update(pdf).digest("hex");
      expect(verdictOnFile(shown, sha256, entries)).toMatchObject({ tone: "positive" });
      expect(entries.find((entry) => entry.digest === shown.digest)).toMatchObject({ slug });
    }
  });

  it("knows the right PDF from an altered one, and sends no byte of it anywhere", async () => {
    await site.visit({}, async (page) => {
      await page.goto(site.server.base + PATH);
      const sent: string[] = [];
      page.on("request", (request) => {
        if (request.method() !== "GET" || request.postData()) sent.push(request.url());
      });
      const choose = (buffer: Buffer) =>
        page
          .getByLabel("Periksa berkas PDF")
          .setInputFiles({ name: "sop.pdf", mimeType: "application/pdf", buffer });
      await choose(PDF);
      await results(page).getByText("Cocok:", { exact: true }).waitFor();
      expect(await results(page).textContent()).toContain("sama persis dengan PDF versi 1");
      const altered = Buffer.from(PDF);
      altered[altered.length - 3] = 32;
      await choose(altered);
      await results(page).getByText("Tidak cocok:", { exact: true }).waitFor();
      await using directory = await tempDir();
      const large = join(directory.path, "besar.pdf");
      await writeFile(large, PDF);
      await truncate(large, 20_000_001);
      await page.getByLabel("Periksa berkas PDF").setInputFiles(large);
      await results(page).getByText("Belum dapat diperiksa:", { exact: true }).waitFor();
      expect(sent).toEqual([]);
    });
  });

  it("admits what it cannot know where the list of versions is missing", async () => {
    await site.visit({}, async (page) => {
      await page.route("**/manifes.json", (route) => route.fulfill({ status: 404 }));
      await page.goto(`${site.server.base}${PATH}#sha256=${FORMER}`);
      await expect.poll(() => results(page).count()).toBe(2);
      expect(await results(page).nth(0).textContent()).toContain("tidak dapat dimuat");
    });
  });
});
