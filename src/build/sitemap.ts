import sitemap, { type SitemapItem } from "@astrojs/sitemap";
import type { AstroIntegration } from "astro";
import { type LifeCycle, lastChange } from "#domain/sop/life-cycle.ts";
import { contentOf } from "./content.ts";

/** Pages of one person, of staff, and of things that are asked for anew each time. */
const CLOSED = /^\/(?:ruang-kerja|masuk|lacak|verifikasi|cari|luring|umpan-balik|404|500)\//;

/** The pages for search engines, each with the day of its content's last change where that is known. */
export function sitemapOf(contentDir: string): AstroIntegration {
  let reading: Promise<Days> | null = null;
  return sitemap({
    serialize: async (item) => {
      reading ??= daysOf(contentDir);
      return listed(item, await reading);
    },
  });
}

/** What tells when a page changed: the life of an SOP, the day on which a law was compared. */
interface Days {
  readonly lives: ReadonlyMap<string, LifeCycle>;
  readonly laws: ReadonlyMap<string, string | null>;
}

async function daysOf(contentDir: string): Promise<Days> {
  const { sops, laws } = await contentOf(contentDir);
  return {
    lives: new Map(sops.entries.map(({ id, life }) => [id, life.data])),
    laws: new Map(laws.entries.map(({ id, data }) => [id, data.diperiksaPada])),
  };
}

function listed(item: SitemapItem, { lives, laws }: Days): SitemapItem | undefined {
  const { pathname } = new URL(item.url);
  if (CLOSED.test(pathname)) return undefined;
  const [, section, id = "", below, versi] = pathname.split("/");
  if (section === "dasar-hukum") return dated(item, laws.get(id));
  const life = section === "sop" ? lives.get(id) : undefined;
  if (!life) return item;
  // A draft is read by those who have its address; at that of a withdrawn SOP nothing is left.
  if (life.status === "draf" || (life.status === "dicabut" && !below)) return undefined;
  const version = below === "versi" ? life.versi.find((one) => String(one.versi) === versi) : null;
  return dated(item, version ? version.diterbitkan : lastChange(life));
}

function dated(item: SitemapItem, day: string | null | undefined): SitemapItem {
  return day ? { ...item, lastmod: day } : item;
}
