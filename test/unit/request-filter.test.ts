import { describe, expect, it } from "vitest";
import { readFilter } from "#functions/services/requests/list-filter.ts";
import { filterQuery, filterText } from "../../src/components/filter-words.ts";

const read = (query: string) => readFilter(new URLSearchParams(query));
const SOPS = [{ slug: "contoh", title: "CONTOH SOP" }];

describe("readFilter", () => {
  it("reads what it knows and takes the rest as not asked", () => {
    expect(read("keadaan=ngawur&langkah=-3&dari=kemarin&halaman=0&urut=acak&lain=1")).toEqual(
      read(""),
    );
    expect(read("keadaan=selesai&langkah=3&dari=2026-11-01&halaman=2&urut=batas")).toMatchObject({
      keadaan: "selesai",
      langkah: 3,
      dari: "2026-11-01",
      halaman: 2,
      urut: "batas",
    });
  });

  it("takes an empty field as not asked, as a form sends it", () => {
    expect(read("keadaan=&sop=&cari=%20&langkah=&dari=&sampai=")).toEqual(read(""));
  });
});

describe("filterQuery", () => {
  it("says in an address what was asked, and is read back the same", () => {
    const filter = read("cari=Dinas%20A&lewat=1&saya=1&jenis=restore&urut=terlama&halaman=7");
    expect(read(filterQuery(filter, filter.halaman))).toEqual(filter);
    expect(read(filterQuery(filter)).halaman).toBe(1);
    expect(filterQuery(read(""))).toBe("");
  });
});

describe("filterText", () => {
  it("tells every narrowing in words", () => {
    const all =
      "keadaan=diproses&sop=contoh&jenis=backup&cari=Dinas&langkah=2&lewat=1&dari=2026-11-01&sampai=2026-11-30&saya=1";
    expect(filterText(read(all), SOPS)).toBe(
      "diproses, SOP “CONTOH SOP”, pencadangan (backup), OPD atau nomor “Dinas”, sedang di langkah 2, " +
        "lewat batas waktu, diajukan sejak 1 November 2026, diajukan sampai 30 November 2026, dan pernah saya kerjakan",
    );
    expect(filterText(read(""), SOPS)).toBe("");
  });
});
