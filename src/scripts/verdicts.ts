/** What is said of a printed copy or a file, from digests alone. No browser, no network. */
export interface ManifestEntry {
  readonly slug: string;
  readonly versi: number;
  readonly digest: string;
  readonly pdf: { readonly path: string; readonly sha256: string };
}

/** The version the page shows. */
export interface Shown {
  readonly slug: string;
  readonly versi: number;
  readonly digest: string;
}

export interface Verdict {
  readonly tone: "positive" | "negative" | "plain";
  readonly text: string;
  /** Where to read on. */
  readonly link: { readonly href: string; readonly text: string } | null;
}

const WHOM = "hubungi dinas penerbit SOP";

/** The entries that hold; null where there is no list at all. */
export function entriesOf(manifest: unknown): readonly ManifestEntry[] | null {
  // A bare list, or one with words about itself around it.
  const entries: unknown = Array.isArray(manifest)
    ? manifest
    : (manifest as { entries?: unknown } | null | undefined)?.entries;
  if (!Array.isArray(entries)) return null;
  return entries.filter(
    (entry: Partial<ManifestEntry> | null): entry is ManifestEntry =>
      typeof entry?.slug === "string" &&
      typeof entry.versi === "number" &&
      typeof entry.digest === "string" &&
      typeof entry.pdf?.sha256 === "string",
  );
}

/** The digest in `#sha256=…` of a printed address: null where there is none, "" where it is damaged. */
export function digestInFragment(fragment: string): string | null {
  const [, given] = /^#sha256=(.*)$/.exec(fragment) ?? [];
  if (given === undefined) return null;
  return /^[0-9a-f]{64}$/i.test(given) ? given.toLowerCase() : "";
}

export function verdictOnData(shown: Shown, published: string): Verdict {
  return published === shown.digest
    ? said(
        "positive",
        "Cocok: data terbitan di portal ini sesuai dengan sidik yang tertulis di halaman ini.",
      )
    : said(
        "negative",
        `Tidak cocok: data terbitan tidak sesuai dengan sidik di halaman ini. Jangan dipakai; muat ulang halaman, dan bila tetap demikian ${WHOM}.`,
      );
}

export function verdictOnPrint(
  shown: Shown,
  printed: string,
  entries: readonly ManifestEntry[] | null,
): Verdict {
  if (printed === "") {
    return said(
      "negative",
      "Tidak dapat diperiksa: sidik dalam alamat ini tidak utuh. Pindai ulang kode QR, atau cocokkan sidik yang tercetak dengan sidik di atas.",
    );
  }
  if (printed === shown.digest) {
    return said(
      "positive",
      `Cocok: sidik salinan cetak sama dengan sidik versi ${shown.versi} ini. Bandingkan juga isinya; bila berbeda, pakai isi halaman ini.`,
    );
  }
  const owner = entries?.find(({ digest }) => digest === printed);
  if (owner) return foreign(shown, owner, "salinan cetak");
  return entries === null ? unlisted("sidik salinan cetak") : unknown("sidik salinan cetak");
}

export function verdictOnFile(
  shown: Shown,
  sha256: string,
  entries: readonly ManifestEntry[] | null,
): Verdict {
  if (entries === null) {
    return said(
      "plain",
      "Belum dapat diperiksa: daftar sidik berkas tidak dapat dimuat. Periksa jaringan, lalu pilih berkasnya lagi.",
    );
  }
  const owner = entries.find(({ pdf }) => pdf.sha256 === sha256);
  if (!owner) return unknown("berkas");
  if (owner.slug !== shown.slug || owner.versi !== shown.versi) {
    return foreign(shown, owner, "berkas");
  }
  return said(
    "positive",
    `Cocok: berkas ini sama persis dengan PDF versi ${shown.versi} yang diterbitkan portal ini.`,
  );
}

function foreign(shown: Shown, owner: ManifestEntry, what: string): Verdict {
  const href = `/sop/${owner.slug}/versi/${owner.versi}/`;
  return owner.slug === shown.slug
    ? said(
        "negative",
        `Tidak cocok dengan versi ${shown.versi}: ${what} itu berasal dari versi ${owner.versi} SOP ini.`,
        { href, text: `Buka versi ${owner.versi}` },
      )
    : said("negative", `Tidak cocok: ${what} itu milik SOP lain. Jangan dipakai untuk SOP ini.`, {
        href,
        text: "Buka SOP itu",
      });
}

function unknown(what: string): Verdict {
  return said(
    "negative",
    `Tidak cocok: ${what} itu bukan milik versi mana pun yang diterbitkan portal ini. Jangan dipakai; ${WHOM}.`,
  );
}

function unlisted(what: string): Verdict {
  return said(
    "negative",
    `Tidak cocok: ${what} itu bukan milik versi ini, dan daftar versi lain tidak dapat dimuat. Jangan dipakai sebelum diperiksa lagi; coba lagi, atau ${WHOM}.`,
  );
}

function said(tone: Verdict["tone"], text: string, link: Verdict["link"] = null): Verdict {
  return { tone, text, link };
}
