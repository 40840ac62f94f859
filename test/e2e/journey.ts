/**
 * The surroundings of a journey: portal and agent as the programs they are, data of its own, and a
 * browser of each person, without JavaScript, on a phone.
 */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Browser, BrowserContext } from "playwright-core";
import { expect } from "vitest";
import { stringify } from "yaml";
import { loadCatalog } from "#catalog/load.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { tempDir } from "#support/temp-dir.ts";
import type { Holding } from "../demo/holdings.ts";
import { type Office, openOffice } from "../demo/office.ts";

const AGENT_MS = 60_000;

export interface Journey extends AsyncDisposable {
  readonly office: Office;
  readonly sop: Sop;
  readonly holdings: readonly Holding[];
  /** Path of the agent's config. */
  readonly agentConfig: string;
  visitor(): Promise<BrowserContext>;
  /** That axe finds nothing on a page, as this person sees it. */
  axe(path: string, context: BrowserContext): Promise<void>;
}

export async function openJourney(input: {
  readonly slug: string;
  /** What the agent protects; its data lie under the given folder. */
  readonly holdings: (directory: string) => readonly Holding[];
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<Journey> {
  await using opening = new AsyncDisposableStack();
  const { path: directory } = opening.use(await tempDir());
  const catalog = await loadCatalog(join(import.meta.dirname, "..", "..", "content"));
  const sop = catalog.sops.get(input.slug)?.sop;
  if (!sop) throw new Error(`${input.slug} is not in content`);
  // People of other agencies would only be hired to sit idle.
  const agencies = [...catalog.agencies].filter(([id]) => id === sop.instansi);
  const office = await openOffice({
    directory,
    catalog: { ...catalog, agencies: new Map(agencies) },
    stack: opening,
    say: () => {},
    settings: input.settings ?? {},
  });
  const holdings = input.holdings(directory);
  for (const holding of holdings) await holding.fill();
  const agentConfig = await writeAgentConfig(directory, office.portal.base, holdings);
  await office.hireAgent(agentConfig);
  const browser = await launchBrowser();
  opening.defer(() => browser.close());
  const stack = opening.move();
  const baseURL = office.portal.base;
  return {
    office,
    sop,
    holdings,
    agentConfig,
    visitor: () =>
      browser.newContext({
        baseURL,
        locale: "id-ID",
        javaScriptEnabled: false,
        viewport: { width: 390, height: 844 },
      }),
    axe: (path, context) => assertSound(browser, baseURL, path, context),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** axe needs JavaScript: the same person's cookies in a context that has it. */
async function assertSound(
  browser: Browser,
  baseURL: string,
  path: string,
  context: BrowserContext,
): Promise<void> {
  const scripted = await browser.newContext({
    baseURL,
    storageState: await context.storageState(),
  });
  const page = await scripted.newPage();
  await page.goto(path);
  expect(await axe(page)).toEqual([]);
  await scripted.close();
}

/** Looks again until the work of the agent is over. */
export async function agentEnds(again: () => Promise<unknown>, over: () => Promise<boolean>) {
  const deadline = Date.now() + AGENT_MS;
  while (!(await over())) {
    if (Date.now() > deadline) throw new Error("the agent did not finish");
    await wait(300);
    await again();
  }
}

async function writeAgentConfig(
  directory: string,
  portal: string,
  holdings: readonly Holding[],
): Promise<string> {
  const vault = join(directory, "vault");
  const key = join(directory, "vault.kunci");
  await writeFile(key, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  await mkdir(vault);
  const file = join(directory, "agen.yaml");
  const config = {
    portal,
    data: join(directory, "agen"),
    vaults: [{ alias: "vault", jenis: "objects", direktori: vault, berkasKunci: key }],
    targets: holdings.map(({ alias, engine, config: place }) => ({
      alias,
      engine,
      vault: "vault",
      izin: ["backup", "restore", "check"],
      ...place,
    })),
  };
  await writeFile(file, stringify(config));
  return file;
}
