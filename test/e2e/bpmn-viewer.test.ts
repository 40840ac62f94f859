import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { bpmnOf } from "#diagram/bpmn.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { assertBuilt, client } from "#support/built-site.ts";
import { variedSops } from "#support/varied-sops.ts";

const root = join(import.meta.dirname, "..", "..");
const VIEWER = join(root, "node_modules", "bpmn-js", "dist", "bpmn-viewer.production.min.js");

/** The viewer that modelling tools build on, as its script leaves it in the page. */
interface Viewer {
  importXML(xml: string): Promise<{ readonly warnings: readonly unknown[] }>;
  get(service: "elementRegistry"): {
    filter(test: (element: { readonly type: string }) => boolean): readonly unknown[];
  };
}

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

describe("a BPMN file in a modelling tool", () => {
  it("of each SOP of the portal opens without a warning, as it was built", async () => {
    assertBuilt();
    const { sops } = await loadCatalog(join(root, "content"));
    await withPage(browser, {}, async (page) => {
      await page.addScriptTag({ path: VIEWER });
      for (const { sop } of sops.values()) {
        const xml = await readFile(join(client, "sop", sop.slug, "sop.bpmn"), "utf8");
        const { warnings, tasks, lanes } = await open(page, xml);
        expect(warnings, sop.slug).toEqual([]);
        expect(tasks).toBe(sop.langkah.length);
        expect(lanes).toBe(sop.pelaksana.length);
      }
    });
  });

  it("of each kind of procedure opens without a warning, with every flow drawn", async () => {
    await withPage(browser, {}, async (page) => {
      await page.addScriptTag({ path: VIEWER });
      for (const [name, make] of Object.entries(variedSops)) {
        const xml = await bpmnOf(make());
        const { warnings, flows } = await open(page, xml);
        expect(warnings, name).toEqual([]);
        expect(flows, name).toBe(xml.split("<bpmn:sequenceFlow ").length - 1);
      }
    });
  });
});

async function open(page: Page, xml: string) {
  return page.evaluate(async (text) => {
    document.body.innerHTML = '<div id="canvas"></div>';
    const { BpmnJS } = window as unknown as { BpmnJS: new (options: object) => Viewer };
    const viewer = new BpmnJS({ container: "#canvas" });
    const { warnings } = await viewer.importXML(text);
    const count = (type: string) =>
      viewer.get("elementRegistry").filter((element) => element.type === type).length;
    return {
      warnings: warnings.map(String),
      tasks: count("bpmn:UserTask"),
      lanes: count("bpmn:Lane"),
      flows: count("bpmn:SequenceFlow"),
    };
  }, xml);
}
