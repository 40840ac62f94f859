/** Runs apart from the server: it reads a file that a stranger sent, from standard input. */
import { buffer } from "node:stream/consumers";
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

// What the library says of a file would stand in the answer.
console.log = () => undefined;
console.info = () => undefined;
const pdf = new Uint8Array(await buffer(process.stdin));
process.stdout.write(JSON.stringify(await readItems(pdf).catch(() => [])));
