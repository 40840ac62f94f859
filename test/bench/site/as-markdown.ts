/** The same SOP as a page that other site generators understand: headings, blocks, one table. */
import { blocksOf, identityRows } from "#domain/sop/document.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import type { SopFile } from "./make-sop.ts";

export function asMarkdown(file: SopFile): string {
  const sop = SopSchema.parse(file);
  return [
    `---\ntitle: ${JSON.stringify(sop.judul)}\n---`,
    `# ${sop.judul}`,
    "## Identitas",
    rows(
      ["Bagian", "Isi"],
      identityRows(sop).map(({ label, value }) => [label, value ?? "–"]),
    ),
    ...blocksOf(sop).flatMap(({ title, items }) => [
      `## ${title}`,
      items.length === 0 ? "–" : items.map(({ teks }, at) => `${at + 1}. ${teks}`).join("\n"),
    ]),
    "## Prosedur",
    procedure(sop),
  ].join("\n\n");
}

/** A page that leads to all others. */
export function listMarkdown(sops: readonly SopFile[], hrefOf: (slug: string) => string): string {
  const links = sops.map(({ slug, judul }) => `- [${judul}](${hrefOf(slug)})`);
  return `---\ntitle: Daftar SOP\n---\n\n${links.join("\n")}\n`;
}

function procedure(sop: Sop): string {
  const titles = new Map(sop.pelaksana.map(({ id, judul }) => [id, judul]));
  return rows(
    ["No", "Kegiatan", "Pelaksana", "Kelengkapan", "Waktu", "Output", "Keterangan"],
    sop.langkah.map((step) => [
      String(step.no),
      step.uraian + step.cabang.map(({ label, ke }) => ` ${label}: langkah ${ke}.`).join(""),
      step.kolom.map((id) => titles.get(id) ?? id).join(", "),
      step.kelengkapan.join(", "),
      step.waktu?.teks ?? "–",
      step.output.join(", "),
      step.keterangan ?? "",
    ]),
  );
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}
