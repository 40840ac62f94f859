import type { SopEntry } from "../content.config.ts";
import { isPublished, versionPath } from "./sop-links.ts";

/** An SOP that names a law: the newest version that does, and its words. */
export interface LawCitation {
  readonly slug: string;
  readonly title: string;
  readonly versi: number;
  /** The newest version of the SOP still names it, and is in force. */
  readonly current: boolean;
  readonly href: string;
  readonly words: readonly string[];
}

/** Current ones first. */
export function citationsOf(lawId: string, entries: readonly SopEntry[]): LawCitation[] {
  const found = entries.filter(isPublished).flatMap((entry): LawCitation[] => {
    const version = entry.versions.findLast(({ sop }) =>
      sop.dasarHukum.some(({ rujukan }) => rujukan === lawId),
    );
    if (!version) return [];
    const { slug, judul, versi, dasarHukum } = version.sop;
    return [
      {
        slug,
        title: judul,
        versi,
        current: versi === entry.sop.versi && entry.life.status === "berlaku",
        href: `${versionPath(entry, versi)}#dasar-hukum`,
        words: dasarHukum.filter(({ rujukan }) => rujukan === lawId).map(({ teks }) => teks),
      },
    ];
  });
  return found.sort((a, b) => Number(b.current) - Number(a.current));
}
