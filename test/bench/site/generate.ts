/**
 * Content to measure with: N made-up SOPs beside the real agencies, laws, holidays, terms and guides.
 * The same seed writes the same files; all of it is marked CONTOH.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { loadCatalog } from "#catalog/load.ts";
import { Dice } from "./dice.ts";
import { makeSop, type SopFile } from "./make-sop.ts";

const REAL = fileURLToPath(new URL("../../../content", import.meta.url));
const KEPT = ["instansi", "dasar-hukum", "libur", "istilah", "panduan"];
/** Share of SOPs that have been revised once or twice. */
const REVISED = 0.05;

/** Writes a content folder with `count` SOPs and answers their current versions. */
export async function generate(target: string, count: number, seed = 1): Promise<SopFile[]> {
  const real = await loadCatalog(REAL);
  const sources = { agencies: [...real.agencies.values()], laws: [...real.laws.values()] };
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const folder of KEPT)
    await cp(join(REAL, folder), join(target, folder), { recursive: true });
  const dice = new Dice(seed);
  const sops: SopFile[] = [];
  for (let at = 1; at <= count; at += 1) {
    const first = makeSop(dice, at, sources);
    const versions = dice.chance(REVISED) ? dice.between(2, 3) : 1;
    sops.push(await writeSop(join(target, "sop", first.slug), first, versions));
  }
  return sops;
}

/** Makes the SOP differ from what is there, as an editor would who mends one word. */
export async function changeOne(content: string, sop: SopFile): Promise<void> {
  const changed = { ...sop, judulProsedur: "Prosedur ini diperbarui." };
  await writeFile(join(content, "sop", sop.slug, "sop.md"), page(changed));
}

async function writeSop(folder: string, first: SopFile, count: number): Promise<SopFile> {
  await mkdir(folder, { recursive: true });
  let current = first;
  const versi = [];
  for (let number = 1; number <= count; number += 1) {
    current = { ...first, versi: number, langkah: first.langkah.map((step) => ({ ...step })) };
    const revised = current.langkah[number];
    if (revised && number > 1) revised.keterangan = `Diperbarui pada versi ${number}`;
    const name = number === count ? "sop.md" : `versi-${number}.md`;
    await writeFile(join(folder, name), page(current));
    const diterbitkan = `2026-${String(number).padStart(2, "0")}-15`;
    versi.push({ versi: number, diterbitkan, berlakuSejak: diterbitkan, catatan: null });
  }
  await writeFile(join(folder, "riwayat.md"), page({ status: "berlaku", versi }));
  return current;
}

function page(data: object): string {
  return `---\n${stringify(data, { lineWidth: 100, aliasDuplicateObjects: false })}---\n`;
}

if (import.meta.main) {
  const [target, count = "1000", seed = "1"] = process.argv.slice(2);
  if (!target) throw new Error("usage: generate.ts <folder> [count] [seed]");
  await generate(target, Number(count), Number(seed));
}
