/** Runs apart from the server: it reads files that strangers sent. */
import { parentPort, workerData } from "node:worker_threads";
import { getDocumentProxy } from "unpdf";
import type { TextItem } from "./letter-number.ts";

/** More pieces than a page of a letter has. */
const ITEMS_MAX = 5_000;

async function readItems(pdf: Uint8Array): Promise<TextItem[]> {
  const document = await getDocumentProxy(pdf);
  const page = await document.getPage(1);
  const { items } = await page.getTextContent();
  return items.slice(0, ITEMS_MAX).flatMap((item) => {
    if (!("str" in item)) return [];
    const [, , c = 0, d = 0, x = 0, y = 0] = item.transform as number[];
    return [{ str: item.str, x, y, width: item.width, fontSize: Math.hypot(c, d) }];
  });
}

parentPort?.postMessage(await readItems(workerData as Uint8Array).catch(() => []));
