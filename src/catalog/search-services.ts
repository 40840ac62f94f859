/** What the search knows of services and of public information (PPID). */
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { DATASETS } from "#domain/transparency/datasets.ts";
import { KIND_LABELS } from "#domain/workflow/form.ts";
import type { AgencyData } from "./agency-schema.ts";
import type { PublicInformation } from "./ppid-schema.ts";
import { lines, plainText, type SearchEntry } from "./search-entry.ts";
import type { Service } from "./service-schema.ts";

export interface SearchableServices {
  readonly sops: readonly { readonly sop: Sop; readonly life: Pick<LifeCycle, "status"> }[];
  readonly services: readonly Service[];
  readonly listed: readonly PublicInformation[];
  readonly agencies: ReadonlyMap<string, Pick<AgencyData, "nama" | "singkatan" | "status">>;
}

/** Asked for on every page of a service, whether it is decided or not. */
const COMPONENTS =
  "Empat belas komponen: dasar hukum, persyaratan, prosedur, jangka waktu, biaya, produk, sarana, kompetensi pelaksana, pengawasan internal, penanganan pengaduan, jumlah pelaksana, jaminan pelayanan, jaminan keamanan, dan evaluasi kinerja. Maklumat pelayanan.";

const PPID_PAGES: readonly (readonly [string, string, readonly string[], string])[] = [
  [
    "/ppid/",
    "PPID: informasi publik",
    ["Pejabat Pengelola Informasi dan Dokumentasi", "keterbukaan informasi"],
    "Apa yang dapat diminta, berapa lama dijawab, dan kepada siapa memintanya.",
  ],
  [
    "/ppid/minta/",
    "Minta informasi publik",
    ["permintaan informasi", "permohonan informasi publik"],
    "Formulir permintaan informasi publik kepada PPID instansi.",
  ],
  [
    "/ppid/lacak/",
    "Lacak permintaan informasi",
    ["keberatan informasi"],
    "Keadaan permintaan informasi, jawabannya, dan pengajuan keberatan.",
  ],
  [
    "/ppid/dikecualikan/",
    "Informasi yang dikecualikan",
    ["uji konsekuensi", "informasi rahasia"],
    "Informasi yang tidak dibuka, butir demi butir, dengan dasar hukum dan keadaan uji konsekuensinya.",
  ],
];

export function serviceEntries({ sops, services, agencies }: SearchableServices): SearchEntry[] {
  const decided = new Map(services.map((service) => [service.id, service]));
  return sops.flatMap(({ sop, life }): SearchEntry[] => {
    const agency = agencies.get(sop.instansi);
    if (life.status !== "berlaku" || sop.jenisPermohonan.length === 0) return [];
    if (agency?.status !== "terbit") return [];
    return [
      {
        href: `/layanan/${sop.slug}/`,
        kind: "Layanan",
        title: `Standar pelayanan: ${sop.judul}`,
        names: [agency.nama, "maklumat pelayanan"],
        agency: agency.singkatan,
        number: null,
        status: null,
        body: lines([
          sop.jenisPermohonan.map((kind) => KIND_LABELS[kind]).join(" dan "),
          ...decidedTexts(decided.get(sop.slug)),
          COMPONENTS,
        ]),
      },
    ];
  });
}

function decidedTexts(service: Service | undefined): string[] {
  if (!service) return [];
  const { id: _id, body, file: _file, penetapan, maklumat, ...components } = service;
  // A pledge that is not complete is not announced, so it is not found either.
  const announced = maklumat?.tanggal && maklumat.penandaTangan ? maklumat.teks : null;
  return [
    ...(penetapan ? [`Ditetapkan dengan ${penetapan.nomor} oleh ${penetapan.pejabat}`] : []),
    ...Object.values(components).flatMap((texts) => texts ?? []),
    ...(announced ?? []),
    plainText(body),
  ];
}

/** The pages, and the Daftar Informasi Publik in the groups in which it is read. */
export function ppidEntries({ sops, listed, agencies }: SearchableServices): SearchEntry[] {
  const pages = PPID_PAGES.map(([href, title, names, body]) => ppidEntry(href, title, names, body));
  const own = (instansi: string | null): string[] =>
    listed
      .filter((row) => row.instansi === instansi)
      .map(({ judul, ringkasan }) => `${judul}: ${ringkasan}`);
  const groups = [...agencies].flatMap(([id, { nama, status }]): SearchEntry[] => {
    if (status !== "terbit") return [];
    const inForce = sops.filter(
      ({ sop, life }) => sop.instansi === id && life.status === "berlaku",
    );
    const rows = [
      ...inForce.map(({ sop }) => `${sop.judul}, semua versi dan standar waktunya`),
      ...own(id),
    ];
    return rows.length === 0 ? [] : [listEntry(id, nama, rows)];
  });
  const shared = DATASETS.map(({ title, description }) => `Data terbuka: ${title}. ${description}`);
  return [
    ...pages,
    ...groups,
    listEntry("bersama", "Bersama semua instansi", [...shared, ...own(null)]),
  ];
}

function listEntry(id: string, title: string, rows: readonly string[]): SearchEntry {
  const whole = `Daftar Informasi Publik: ${title}`;
  return ppidEntry(`/ppid/dip/#dip-${id}`, whole, ["DIP"], lines(rows));
}

function ppidEntry(
  href: string,
  title: string,
  names: readonly string[],
  body: string,
): SearchEntry {
  return { href, kind: "PPID", title, names, agency: null, number: null, status: null, body };
}
