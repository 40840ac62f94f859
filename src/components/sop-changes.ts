/** What happened to SOPs, for the feed: dates and words from their life cycles, never from a clock. */
import { Feed } from "feed";
import { dateText } from "#domain/indonesian.ts";
import type { SopEntry } from "../content.config.ts";
import { isPublished, versionPath } from "./sop-links.ts";

export interface SopChange {
  /** Path with fragment; with the site's address it names the change for good. */
  readonly id: string;
  readonly href: string;
  readonly title: string;
  readonly text: string;
  /** Local date. */
  readonly day: string;
}

/** How many of the newest changes the feed holds. */
const MOST = 100;

/** Newest first; drafts are not told of. */
export function sopChanges(entries: readonly SopEntry[]): SopChange[] {
  const bySlug = new Map(entries.map((entry) => [entry.sop.slug, entry]));
  return entries
    .filter(isPublished)
    .flatMap((entry) => [
      ...versionChanges(entry),
      ...statusChange(entry, bySlug.get(entry.life.digantiOleh ?? "") ?? null),
    ])
    .sort((a, b) => b.day.localeCompare(a.day) || a.id.localeCompare(b.id))
    .slice(0, MOST);
}

export function changeFeed(origin: string, changes: readonly SopChange[]): string {
  const newest = changes[0]?.day ?? "1970-01-01";
  const feed = new Feed({
    id: `${origin}/umpan/sop.atom`,
    title: "Perubahan SOP",
    description: "Versi baru, penggantian, dan pencabutan SOP di portal ini.",
    link: `${origin}/sop/`,
    language: "id",
    updated: midnight(newest),
    generator: false,
    feedLinks: { atom: `${origin}/umpan/sop.atom` },
    author: { name: "Pulih", link: `${origin}/` },
  });
  for (const { id, href, title, text, day } of changes) {
    feed.addItem({
      id: origin + id,
      link: origin + href,
      title,
      description: text,
      date: midnight(day),
      published: midnight(day),
    });
  }
  return feed.atom1();
}

function versionChanges(entry: SopEntry): SopChange[] {
  const { slug } = entry.sop;
  return entry.life.versi.map(({ versi, diterbitkan, berlakuSejak, catatan }) => {
    const title = entry.versions.find((one) => one.sop.versi === versi)?.sop.judul ?? slug;
    const since = berlakuSejak
      ? `Berlaku sejak ${dateText(berlakuSejak)}.`
      : "Tanggal mulai berlaku tidak disebut sumber.";
    return {
      id: `/sop/${slug}/versi/${versi}/`,
      href: versionPath(entry, versi),
      title: `${title}: versi ${versi}`,
      text: [catatan, since].filter(Boolean).join(" "),
      day: diterbitkan,
    };
  });
}

function statusChange({ sop, life }: SopEntry, successor: SopEntry | null): SopChange[] {
  const place = { id: `/sop/${sop.slug}/#${life.status}`, href: `/sop/${sop.slug}/` };
  const next = successor ? `Penggantinya: ${successor.sop.judul}.` : "";
  if (life.pencabutan) {
    const { sejak, alasan, dasar } = life.pencabutan;
    const text = [alasan, dasar && `Dasar pencabutan: ${dasar}.`, next].filter(Boolean).join(" ");
    return [{ ...place, title: `${sop.judul}: dicabut`, text, day: sejak }];
  }
  if (life.digantiSejak === null) return [];
  return [{ ...place, title: `${sop.judul}: diganti`, text: next, day: life.digantiSejak }];
}

function midnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}
