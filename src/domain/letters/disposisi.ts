/** The lembar disposisi: about which letter, to whom, and what is asked; with the earlier ones of its chain. */
import { dateText } from "../indonesian.ts";
import { EMPTY, type Letter } from "./letter.ts";
import type { Block } from "./sheet.ts";

/** What a superior may ask for by a tick. */
export const HARAP = {
  tanggapan: "Tanggapan dan saran",
  proses: "Proses lebih lanjut",
  koordinasi: "Koordinasi/konfirmasikan",
} as const;

export function disposisiBlocks(letter: Letter): Block[] {
  const { request } = letter;
  const given = (name: string) => letter.rows.find((row) => row.name === name)?.value ?? null;
  const asked = (given("harap") ?? "").split("; ");
  const instruction = given("instruksi");
  const blocks: Block[] = [
    {
      type: "rows",
      rows: [
        { label: "Surat dari", value: request.opd || EMPTY },
        { label: "Nomor surat", value: request.letterNumber ?? EMPTY },
        { label: "Tanggal surat", value: dateText(request.submitted) },
        { label: "Diterima tanggal", value: dateText(request.submitted) },
        { label: "Nomor agenda", value: letter.ref },
        { label: "Nomor disposisi", value: letter.number ?? EMPTY },
        { label: "Sifat", value: letter.sifat ?? EMPTY },
        { label: "Hal", value: letter.subject },
        { label: "Diteruskan kepada Sdr.", value: letter.to.join("; ") || EMPTY },
      ],
    },
    {
      type: "ticks",
      lead: "Dengan hormat harap:",
      items: Object.values(HARAP).map((words) => ({ words, ticked: asked.includes(words) })),
    },
    {
      type: "rows",
      rows: [
        { label: "Instruksi", value: instruction ?? EMPTY },
        { label: "Catatan", value: given("catatan") ?? EMPTY },
      ],
    },
  ];
  if (letter.chain.length > 0)
    blocks.push({ type: "heading", text: "Rangkaian disposisi" }, chain(letter));
  return blocks;
}

/** One row for each disposisi of the request, this one last. */
function chain(letter: Letter): Block {
  const own = {
    from: letter.signer?.title ?? letter.from,
    to: letter.to,
    date: letter.date,
    by: letter.signer?.name ?? EMPTY,
  };
  return {
    type: "table",
    head: ["Kepada", "Dari", "Tanggal", "Paraf"],
    rows: [...letter.chain, own].map(({ to, from, date, by }) => [
      to.join("; "),
      from,
      dateText(date),
      by,
    ]),
  };
}
