/**
 * An agency (content/instansi): letterhead, zone, working hours and posts.
 *
 * `diperiksa` is the date on which a person compared the words with the source named beside them;
 * null = belum diverifikasi, and pages say so.
 */
import { z } from "zod";
import { ZONES, type ZoneId } from "#domain/calendar/local-time.ts";
import type { Week, Window, WorkCalendar, WorkingHours } from "#domain/calendar/types.ts";
import { JendelaPemeliharaan } from "./maintenance-schema.ts";
import { Naskah } from "./naskah-schema.ts";

const text = z.string().trim().min(1, "tulis teksnya");
const date = z.iso.date("tulis tanggal sebagai TTTT-BB-HH, mis. 2025-06-01");
const id = z
  .string()
  .regex(
    /^[a-z0-9]+(-[a-z0-9]+)*$/,
    "tulis huruf kecil, angka, dan tanda hubung, mis. kepala-dinas",
  );
const zones = Object.keys(ZONES) as [ZoneId, ...ZoneId[]];

const clock = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'tulis jam dalam tanda kutip, mis. "07:30"');

const WindowsOfDay = z.array(z.tuple([clock, clock])).superRefine((windows, context) => {
  let before = -1;
  windows.forEach(([opens, closes], index) => {
    if (minutesOf(opens) >= minutesOf(closes)) {
      context.addIssue({
        code: "custom",
        path: [index],
        message: "jam mulai harus sebelum jam selesai; tukar atau perbaiki keduanya",
      });
    } else if (minutesOf(opens) <= before) {
      context.addIssue({
        code: "custom",
        path: [index],
        message: "jam kerja harus urut dan tidak tumpang tindih; gabungkan atau urutkan",
      });
    }
    before = Math.max(before, minutesOf(closes));
  });
});

const WEEKDAYS = ["minggu", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu"] as const;

const Hours = z
  .strictObject({
    sejak: date,
    /** Inclusive; null = until a later entry takes over. */
    sampai: date.nullable(),
    ramadan: z.boolean().default(false),
    /** All seven days; a day without work is []. Windows are given without their breaks. */
    hari: z.strictObject({
      minggu: WindowsOfDay,
      senin: WindowsOfDay,
      selasa: WindowsOfDay,
      rabu: WindowsOfDay,
      kamis: WindowsOfDay,
      jumat: WindowsOfDay,
      sabtu: WindowsOfDay,
    }),
    sumber: text,
    /** Where the words of the source were read, e.g. a news item about a circular. */
    sumberUrl: z
      .url("tulis alamat lengkap yang diawali https://, atau null")
      .nullable()
      .default(null),
    diperiksa: date.nullable(),
    catatan: text.nullable().default(null),
  })
  .refine((hours) => hours.sampai === null || hours.sejak <= hours.sampai, {
    path: ["sampai"],
    message: "tanggal sampai harus sesudah tanggal sejak",
  });

const Post = z.strictObject({
  id,
  judul: text,
  /** Held by one person at a time, e.g. Kepala Dinas. */
  tunggal: z.boolean().optional(),
});

/** Palettes of the national design system that an agency may choose from. */
export const BRANDS = ["biru", "hijau", "merah", "ungu", "jingga", "toska"] as const;

const Contact = z.strictObject({
  telepon: text.optional(),
  surel: z.email("tulis alamat surel, mis. dinas@contoh.go.id").optional(),
  situs: z.url("tulis alamat lengkap yang diawali https://").optional(),
});

export const AgencySchema = z
  .strictObject({
    nama: text,
    singkatan: text,
    /** Lines of the letterhead, from the top. */
    kop: z.array(text).min(1),
    zona: z.enum(zones),
    /** What one working day counts as in minutes. */
    menitSatuHari: z.strictObject({
      nilai: z.int().positive().max(1440),
      sumber: text,
      diperiksa: date.nullable(),
    }),
    /** In order of importance: where entries overlap, the later one wins. */
    jamKerja: z.array(Hours).min(1),
    jabatan: z.array(Post).min(1),
    /** Posts that answer requests for information (UU 14/2008 Pasal 13); without it none is taken here. */
    ppid: z.strictObject({ pejabat: id, atasan: id }).optional(),
    /** How its letters are numbered; without it their number stays "–". */
    naskah: Naskah.optional(),
    /** When backups and restores are wanted; without it the working hours are looked at. */
    jendelaPemeliharaan: JendelaPemeliharaan.optional(),
    /** Colours of the agency's pages. */
    merek: z.enum(BRANDS).optional(),
    alamat: text.optional(),
    kontak: Contact.optional(),
    /** `draf` agencies are not listed in public pages. */
    status: z.enum(["draf", "terbit"]),
  })
  .superRefine((agency, context) => {
    for (const part of ["pejabat", "atasan"] as const) {
      const post = agency.ppid?.[part];
      if (post === undefined || agency.jabatan.some(({ id }) => id === post)) continue;
      context.addIssue({
        code: "custom",
        path: ["ppid", part],
        message: `jabatan "${post}" tidak ada; tambahkan pada jabatan, atau tulis id yang ada`,
      });
    }
    agency.jabatan.forEach((post, index) => {
      if (agency.jabatan.findIndex((other) => other.id === post.id) !== index) {
        context.addIssue({
          code: "custom",
          path: ["jabatan", index, "id"],
          message: `jabatan "${post.id}" sudah ada; tulis id lain`,
        });
      }
    });
  });

export type AgencyData = z.infer<typeof AgencySchema>;

/** An agency with its working-time calendar. */
export interface Agency extends AgencyData {
  readonly id: string;
  readonly calendar: WorkCalendar;
  readonly body: string;
  readonly file: string;
}

export function calendarOf(agency: AgencyData, daysOff: ReadonlySet<string>): WorkCalendar {
  return {
    offsetMinutes: ZONES[agency.zona].offsetMinutes,
    hours: agency.jamKerja.map(workingHoursOf),
    daysOff,
    minutesPerDay: agency.menitSatuHari.nilai,
  };
}

function workingHoursOf(entry: AgencyData["jamKerja"][number]): WorkingHours {
  const windows = (day: (typeof WEEKDAYS)[number]): Window[] =>
    entry.hari[day].map(([opens, closes]) => ({ from: minutesOf(opens), to: minutesOf(closes) }));
  const week: Week = [
    windows("minggu"),
    windows("senin"),
    windows("selasa"),
    windows("rabu"),
    windows("kamis"),
    windows("jumat"),
    windows("sabtu"),
  ];
  return { since: entry.sejak, until: entry.sampai, week };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}
