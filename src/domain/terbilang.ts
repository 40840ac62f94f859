/** Numbers and dates in words, as a berita acara writes them. */
import { dayOfDate, weekdayOfDay } from "./calendar/local-time.ts";
import { invariant } from "./errors.ts";

const ONES = [
  "nol",
  "satu",
  "dua",
  "tiga",
  "empat",
  "lima",
  "enam",
  "tujuh",
  "delapan",
  "sembilan",
  "sepuluh",
  "sebelas",
];

const SCALES = [
  [1_000_000_000_000, "triliun"],
  [1_000_000_000, "miliar"],
  [1_000_000, "juta"],
  [1_000, "ribu"],
  [100, "ratus"],
] as const;

const WEEKDAYS = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];
const MONTHS = [
  "Januari",
  "Februari",
  "Maret",
  "April",
  "Mei",
  "Juni",
  "Juli",
  "Agustus",
  "September",
  "Oktober",
  "November",
  "Desember",
];

/** "dua ribu dua puluh enam"; whole numbers from 0 to below one thousand triliun. */
export function terbilang(value: number): string {
  invariant(Number.isInteger(value) && value >= 0 && value < 1e15, `not in words: ${value}`);
  return words(value).join(" ");
}

function words(value: number): string[] {
  if (value < ONES.length) return [ONES[value] ?? ""];
  if (value < 20) return [...words(value - 10), "belas"];
  if (value < 100) return [...words(Math.floor(value / 10)), "puluh", ...rest(value % 10)];
  for (const [size, name] of SCALES) {
    if (value < size) continue;
    const count = Math.floor(value / size);
    // One hundred and one thousand have a word of their own; one million has not.
    const head = count === 1 && size <= 1_000 ? [`se${name}`] : [...words(count), name];
    return [...head, ...rest(value % size)];
  }
  return [];
}

function rest(value: number): string[] {
  return value === 0 ? [] : words(value);
}

/** "Senin, tanggal dua puluh tiga, bulan November, tahun dua ribu dua puluh enam" of `YYYY-MM-DD`. */
export function dateInWords(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const weekday = WEEKDAYS[weekdayOfDay(dayOfDate(date))];
  return `${weekday}, tanggal ${terbilang(day)}, bulan ${MONTHS[month - 1]}, tahun ${terbilang(year)}`;
}
