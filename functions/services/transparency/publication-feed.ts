import { Feed } from "feed";
import { dateText, listText } from "#domain/indonesian.ts";
import { publishedQuarters } from "#domain/transparency/publications.ts";
import type { TransparencyView } from "#domain/transparency/view.ts";

/** How many of the newest publications the feed holds. */
const MOST = 40;

/** Which figures became public when. No figure stands in it: those are read where their rules are. */
export function publicationFeed(view: TransparencyView, origin: string): string {
  const published = publishedQuarters(view).slice(0, MOST);
  const feed = new Feed({
    id: `${origin}/umpan/transparansi.atom`,
    title: "Angka layanan yang diumumkan",
    description: "Triwulan dan tahun yang angka layanannya telah diumumkan.",
    link: `${origin}/transparansi/`,
    language: "id",
    updated: midnight(published[0]?.on ?? "1970-01-01"),
    generator: false,
    feedLinks: { atom: `${origin}/umpan/transparansi.atom` },
    author: { name: "Pulih", link: `${origin}/` },
  });
  for (const { id, year, quarter, on } of published) {
    const services = view.services
      .filter(({ periods }) => periods.some((period) => period.id === id))
      .map(({ sop }) => sop.title);
    const whole = quarter === 4 ? ` Angka tahun ${year} diumumkan bersamanya.` : "";
    feed.addItem({
      id: `${origin}/transparansi/${year}/#t${quarter}`,
      link: `${origin}/transparansi/${year}/`,
      title: `Angka triwulan ${quarter} tahun ${year}`,
      description: `Diumumkan ${dateText(on)} untuk ${listText(services)}.${whole}`,
      date: midnight(on),
      published: midnight(on),
    });
  }
  return feed.atom1();
}

function midnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}
