import { type Finding, finding } from "./finding.ts";
import type { Sop } from "./schema.ts";

/** What the rules need to know of a law. */
export interface LawFacts {
  readonly jenis: string;
  readonly nomor: string;
  readonly tahun: number;
  readonly judulResmi: string;
  readonly status: "berlaku" | "dicabut" | "diubah" | "belum_diverifikasi";
  readonly digantiOleh: string | null;
  readonly diperiksaPada: string | null;
}

type Citation = Sop["dasarHukum"][number];

/** The laws an SOP cites: still in force, and cited by their number, year and title. */
export function lintLaws(sop: Sop, laws: ReadonlyMap<string, LawFacts>): Finding[] {
  return sop.dasarHukum.flatMap((citation, at) => {
    const law = laws.get(citation.rujukan);
    // A law that is not there has its own finding.
    return law ? lintCitation(sop, citation, at, law, laws) : [];
  });
}

/** The law's own file: what nobody compared with the source is shown as such. */
export function lintLaw(law: LawFacts): Finding[] {
  if (law.status !== "belum_diverifikasi" && law.diperiksaPada !== null) return [];
  return [
    finding(
      "peraturan-belum-diperiksa",
      ["diperiksaPada"],
      `Status ${nameOf(law)} belum diperiksa.`,
      "Cocokkan dengan JDIH penerbitnya, lalu isi status, diperiksaPada, dan diperiksaOleh.",
    ),
  ];
}

function lintCitation(
  sop: Sop,
  citation: Citation,
  at: number,
  law: LawFacts,
  laws: ReadonlyMap<string, LawFacts>,
): Finding[] {
  const path = ["dasarHukum", at];
  const note = noteOn(sop, law);
  const name = nameOf(law);
  const findings: Finding[] = [];
  if (law.status === "dicabut") {
    const later = laws.get(law.digantiOleh ?? "");
    findings.push(
      finding(
        "peraturan-dicabut",
        path,
        `${name} sudah dicabut${later ? ` dan diganti ${nameOf(later)}` : ""}.`,
        "Jangan ubah naskah; tulis di catatanPenyunting dan ganti rujukan pada revisi berikutnya.",
        note,
      ),
    );
  }
  if (law.status === "diubah") {
    findings.push(
      finding(
        "peraturan-diubah",
        path,
        `${name} sudah diubah.`,
        "Cocokkan pasalnya dengan perubahan itu; bila berbeda, tulis di catatanPenyunting.",
        note,
      ),
    );
  }
  const [cited] = numbersIn(citation.teks);
  if (cited && (cited.nomor !== law.nomor.toLowerCase() || cited.tahun !== law.tahun)) {
    findings.push(
      finding(
        "nomor-peraturan",
        path,
        `Butir menulis Nomor ${cited.nomor} Tahun ${cited.tahun}, tetapi merujuk ${name}.`,
        "Periksa rujukan; bila naskah yang keliru, tulis di catatanPenyunting.",
        note,
      ),
    );
  }
  const words = titleDifference(citation.teks, law.judulResmi);
  if (words) {
    findings.push(
      finding(
        "judul-peraturan",
        [...path, "teks"],
        `Judul ${name} tertulis "${words.cited}", judul resminya "${words.official}".`,
        "Bila naskah tercetak begitu, biarkan dan tulis di catatanPenyunting; bila salah salin, perbaiki.",
        note,
      ),
    );
  }
  return findings;
}

function nameOf({ jenis, nomor, tahun }: LawFacts): string {
  return `${jenis} Nomor ${nomor} Tahun ${tahun}`;
}

/** The editor's note on the legal basis that speaks of this law by number and year. */
function noteOn(sop: Sop, law: LawFacts): string | null {
  const speaksOfIt = ({ bagian, teks }: Sop["catatanPenyunting"][number]) =>
    bagian === "dasar-hukum" &&
    numbersIn(teks).some(
      ({ nomor, tahun }) => nomor === law.nomor.toLowerCase() && tahun === law.tahun,
    );
  return sop.catatanPenyunting.find(speaksOfIt)?.teks ?? null;
}

/** "Nomor 14 Tahun 2008", also "No. 14 Tahun 2008" and "14/2008". */
function numbersIn(text: string): { nomor: string; tahun: number }[] {
  const long = text.matchAll(/\b(?:nomor|no\.?)\s*:?\s*([\w./-]+?)\s+tahun\s+(\d{4})\b/gi);
  const short = text.matchAll(/\b(\d+)\/(\d{4})\b/g);
  return [...long, ...short].map(([, nomor = "", tahun]) => ({
    nomor: nomor.toLowerCase(),
    tahun: Number(tahun),
  }));
}

/** The first words in which a cited title differs; null where it does not, or none is cited. */
function titleDifference(
  citation: string,
  title: string,
): { cited: string; official: string } | null {
  const about = /\btentang\s+(.+)$/is.exec(citation)?.[1];
  if (about === undefined) return null;
  const cited = wordsOf(about);
  const official = wordsOf(title);
  let at = 0;
  for (const [place, word] of cited.entries()) {
    const next = official[at];
    // What follows the whole title is no part of it, e.g. the gazette it stands in.
    if (next === undefined) return null;
    if (same(word, next)) at += 1;
    else {
      const spelled = spelledOut(word, official.slice(at));
      if (spelled === 0) return { cited: word, official: next };
      at += spelled;
    }
    if (place === cited.length - 1 && at < official.length) {
      return { cited: `… ${word}`, official: `… ${official.slice(at - 1).join(" ")}` };
    }
  }
  return null;
}

function wordsOf(text: string): string[] {
  return text.split(/[\s.,;:()"“”]+/).filter((word) => word !== "");
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** How many words an abbreviation in capitals stands for: SOP for Standar Operasional Prosedur. */
function spelledOut(word: string, official: readonly string[]): number {
  if (!/^[A-Z]{2,}$/.test(word)) return 0;
  const initials = official
    .slice(0, word.length)
    .map((one) => one.charAt(0).toUpperCase())
    .join("");
  return initials === word ? word.length : 0;
}
