import { describe, expect, it } from "vitest";
import { z } from "zod";
import { endOf, type LifeCycle, LifeCycleSchema, lastChange } from "#domain/sop/life-cycle.ts";
import { SopSchema } from "#domain/sop/schema.ts";
import { sampleSop } from "#support/sample-sop.ts";
import { jdihnRecord } from "../../src/components/jdihn.ts";
import { jsonLdText, sopLd } from "../../src/components/json-ld.ts";
import { citationsOf } from "../../src/components/law-citations.ts";
import { relatedSops } from "../../src/components/related-sops.ts";
import { reviewCalendar } from "../../src/components/review-calendar.ts";
import { changeFeed, sopChanges } from "../../src/components/sop-changes.ts";
import { comparedPairs, versionPath } from "../../src/components/sop-links.ts";
import type { SopEntry } from "../../src/content.config.ts";

const ORIGIN = "https://sop.contoh.go.id";
const DAYS = ["2024-01-10", "2025-03-01"];

function entryOf(slug: string, life: Partial<z.input<typeof LifeCycleSchema>> = {}): SopEntry {
  const parsed: LifeCycle = LifeCycleSchema.parse({
    status: "berlaku",
    versi: DAYS.map((day, at) => ({
      versi: at + 1,
      diterbitkan: day,
      berlakuSejak: at === 0 ? null : day,
    })),
    ...life,
  });
  const versions = parsed.versi.map(({ versi }) => ({
    sop: sampleSop({ slug, versi, judul: `CONTOH ${slug}` }),
    digest: String(versi).repeat(64),
  }));
  const current = versions.at(-1);
  if (!current) throw new Error("a life has a version");
  return { ...current, life: parsed, versions };
}

const withdrawn = {
  status: "dicabut",
  pencabutan: { sejak: "2026-02-01", dasar: "Keputusan CONTOH", alasan: "Digabung." },
} as const;

describe("the life of an SOP", () => {
  it("ends a version where the next begins, and the last one where the SOP is withdrawn", () => {
    const { life } = entryOf("a", withdrawn);
    expect([endOf(life, 1), endOf(life, 2)]).toEqual(["2025-03-01", "2026-02-01"]);
    expect(endOf(entryOf("b").life, 2)).toBeNull();
  });

  it("knows the day of its last change, be it a version, a review or a withdrawal", () => {
    expect(lastChange(entryOf("a").life)).toBe("2025-03-01");
    expect(lastChange(entryOf("a", withdrawn).life)).toBe("2026-02-01");
    const reviewed = entryOf("a", { evaluasi: [{ tanggal: "2026-05-05", hasil: "tetap" }] });
    expect(lastChange(reviewed.life)).toBe("2026-05-05");
  });

  it("reads the current version at the SOP's own address, all others at that of their number", () => {
    const open = entryOf("a");
    expect([versionPath(open, 1), versionPath(open, 2)]).toEqual(["/sop/a/versi/1/", "/sop/a/"]);
    expect(versionPath(entryOf("a", withdrawn), 2)).toBe("/sop/a/versi/2/");
  });

  it("sets each two of at most ten versions against each other", () => {
    expect(comparedPairs(entryOf("a").life)).toEqual([[1, 2]]);
    const versi = Array.from({ length: 12 }, (_, at) => ({
      versi: at + 1,
      diterbitkan: `20${10 + at}-01-01`,
      berlakuSejak: null,
    }));
    const pairs = comparedPairs(entryOf("a", { versi }).life);
    expect([pairs.length, pairs[0], pairs.at(-1)]).toEqual([45, [3, 4], [11, 12]]);
  });
});

describe("the feed of changes", () => {
  const entries = [
    entryOf("lama", {
      status: "diganti",
      digantiOleh: "baru",
      digantiSejak: "2026-07-02",
    }),
    entryOf("baru", {
      versi: [{ versi: 1, diterbitkan: "2026-07-01", berlakuSejak: null }],
    }),
    entryOf("cabut", withdrawn),
    entryOf("draf", { status: "draf" }),
  ];

  it("tells versions, replacements and withdrawals, newest first, and no draft", () => {
    expect(sopChanges(entries).map(({ day, id }) => `${day} ${id}`)).toEqual([
      "2026-07-02 /sop/lama/#diganti",
      "2026-07-01 /sop/baru/versi/1/",
      "2026-02-01 /sop/cabut/#dicabut",
      "2025-03-01 /sop/cabut/versi/2/",
      "2025-03-01 /sop/lama/versi/2/",
      "2024-01-10 /sop/cabut/versi/1/",
      "2024-01-10 /sop/lama/versi/1/",
    ]);
  });

  it("keeps its ids and bytes when it is made anew, and escapes what titles hold", () => {
    const odd = entryOf("a");
    const titled = { ...odd, versions: odd.versions.map((one) => ({ ...one })) };
    const [one] = titled.versions;
    if (one) one.sop = { ...one.sop, judul: "Back-up & <restore>" };
    const text = changeFeed(ORIGIN, sopChanges([titled]));
    expect(changeFeed(ORIGIN, sopChanges([titled]))).toBe(text);
    expect(text).toContain(`<id>${ORIGIN}/sop/a/versi/1/</id>`);
    expect(text).toContain("<updated>2025-03-01T00:00:00.000Z</updated>");
    expect(text.replace(/<!\[CDATA\[.*?\]\]>/gs, "")).not.toContain("<restore>");
  });
});

describe("the calendar of reviews", () => {
  /** Properties of each event, lines unfolded (RFC 5545, 3.1). */
  const eventsOf = (ics: string) =>
    ics
      .replaceAll("\r\n ", "")
      .split("BEGIN:VEVENT")
      .slice(1)
      .map((event) =>
        Object.fromEntries(
          event
            .split("\r\n")
            .filter((line) => line.includes(":"))
            .map((line) => [line.split(/[;:]/)[0], line.slice(line.indexOf(":") + 1)]),
        ),
      );

  it("has an all-day event for each review that is due, told from the data alone", () => {
    const entries = [entryOf("a"), entryOf("b", withdrawn), entryOf("c", { status: "draf" })];
    const ics = reviewCalendar(ORIGIN, "Tinjauan SOP", entries);
    expect(reviewCalendar(ORIGIN, "Tinjauan SOP", entries)).toBe(ics);
    expect(eventsOf(ics)).toMatchObject([
      {
        UID: "pemantauan-a@sop.contoh.go.id",
        DTSTAMP: "20250301T000000Z",
        DTSTART: "20250901",
        SUMMARY: "Pemantauan SOP: CONTOH a",
        URL: `${ORIGIN}/sop/a/#riwayat`,
      },
      {
        UID: "evaluasi-a@sop.contoh.go.id",
        DTSTART: "20260301",
        SUMMARY: "Evaluasi SOP: CONTOH a",
      },
    ]);
    for (const line of ics.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it("moves the same event on when a review was held", () => {
    const held = entryOf("a", { pemantauan: [{ tanggal: "2025-08-15", hasil: "baik" }] });
    const [before] = eventsOf(reviewCalendar(ORIGIN, "x", [entryOf("a")]));
    const [after] = eventsOf(reviewCalendar(ORIGIN, "x", [held]));
    expect(after?.UID).toBe(before?.UID);
    expect(after?.DTSTART).toBe("20260215");
    expect(Number(after?.SEQUENCE)).toBeGreaterThan(Number(before?.SEQUENCE));
  });
});

describe("what machines read", () => {
  it("fills the keys of the legal documentation feed with known facts and empty strings only", () => {
    const record = jdihnRecord(ORIGIN, entryOf("a"), { nama: "Dinas CONTOH" });
    expect(Object.keys(record)).toHaveLength(26);
    expect(record).toMatchObject({
      idData: "a",
      noPeraturan: "",
      tahunPengundangan: "",
      teuBadan: "Dinas CONTOH",
      urlDetailPeraturan: `${ORIGIN}/sop/a/`,
    });
  });

  it("cannot leave the data block it stands in", () => {
    const text = jsonLdText([{ name: "</script><script>alert(1)", nothing: null }]);
    expect(text).not.toContain("</script");
    expect(JSON.parse(text)).toEqual({
      "@context": "https://schema.org",
      "@graph": [{ name: "</script><script>alert(1)" }],
    });
  });

  it("offers a service only where requests are taken", () => {
    const about = { agency: "Dinas CONTOH", laws: new Map() };
    const types = (entry: SopEntry, versi: number) =>
      sopLd(ORIGIN, entry, versi, about).map((one) => one["@type"]);
    expect(types(entryOf("a"), 2)).toEqual(["GovernmentService", "DigitalDocument"]);
    expect(types(entryOf("a"), 1)).toEqual(["DigitalDocument"]);
    expect(types(entryOf("a", withdrawn), 2)).toEqual(["DigitalDocument"]);
  });

  it("describes SOPs by a schema that takes a real one and refuses a broken one", () => {
    const schema = z.fromJSONSchema(z.toJSONSchema(SopSchema));
    expect(schema.safeParse(sampleSop()).success).toBe(true);
    expect(schema.safeParse({ ...sampleSop(), langkah: [] }).success).toBe(false);
  });
});

describe("the SOPs a page leads to", () => {
  it("are in force and nearest first: named ones, then those of the agency, then of the service", () => {
    const of = (slug: string, changes: Partial<SopEntry["sop"]> = {}, life = {}) => {
      const entry = entryOf(slug, life);
      return { ...entry, sop: { ...entry.sop, ...changes } };
    };
    const keterkaitan = [{ nomor: 1, teks: "SOP c", rujukan: "c" }];
    const self = of("a", { keterkaitan });
    const far = { instansi: "lain" } as const;
    const entries = [
      self,
      of("b"),
      of("c", { ...far, jenisPermohonan: [] }),
      of("d", { ...far, jenisPermohonan: [] }),
      of("e", far),
      of("f", {}, withdrawn),
      of("g", {}, { status: "draf" }),
    ];
    expect(relatedSops(self.sop, entries).map(({ slug }) => slug)).toEqual(["c", "b", "e"]);
  });
});

describe("the SOPs that name a law", () => {
  it("are told by the newest version that does, in its words, current ones first", () => {
    const citing = (slug: string, life: Partial<z.input<typeof LifeCycleSchema>>, in2: boolean) => {
      const entry = entryOf(slug, life);
      const cited = [{ nomor: 1, teks: "UU 14 Th 2008", rujukan: "uu-14-2008" }];
      const versions = entry.versions.map((one) => ({
        ...one,
        sop: { ...one.sop, dasarHukum: one.sop.versi === 1 || in2 ? cited : [] },
      }));
      return { ...entry, versions };
    };
    const entries = [
      citing("dulu", {}, false),
      citing("kini", {}, true),
      citing("draf", { status: "draf" }, true),
    ];
    expect(citationsOf("uu-14-2008", entries)).toMatchObject([
      { slug: "kini", versi: 2, current: true, words: ["UU 14 Th 2008"] },
      { slug: "dulu", versi: 1, current: false, href: "/sop/dulu/versi/1/#dasar-hukum" },
    ]);
  });
});
