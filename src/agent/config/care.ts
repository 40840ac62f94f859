/**
 * What the agent does for a target without being asked: backups and drills by a calendar, what is
 * kept, what is looked at beyond equality. All of it is the operator's own decision, on this host;
 * a target without these keys is touched by approved jobs only.
 */
import { z } from "zod";
import { isCron } from "../care/cron.ts";

/** Five fields, local time of `zona`. */
const cron = z
  .string()
  .refine(
    isCron,
    "tulis lima bagian seperti crontab, mis. 30 1 * * * untuk pukul 01.30 setiap hari",
  );
/** Part of a day, may run over midnight: "22:00-05:00". */
const window = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "tulis seperti: 22:00-05:00");

const zona = z.enum(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]).default("Asia/Jakarta");

/** Regular backups. */
export const ScheduleConfig = z.strictObject({
  cron,
  zona,
  /** Each run starts up to so many minutes later, so that agents do not all start at once. */
  acakMenit: z.int().min(0).max(240).default(10),
  /** No run starts outside of it; null: always. */
  jendela: window.nullable().default(null),
  /** Recovery point objective: an older newest backup is told as an alert. */
  rpoJam: z.int().positive().nullable().default(null),
});
export type ScheduleConfig = z.infer<typeof ScheduleConfig>;

/** Restore drills: the newest backup is restored beside, compared, and dropped again. */
export const DrillConfig = z.strictObject({
  cron,
  zona,
  acakMenit: z.int().min(0).max(240).default(10),
  jendela: window.nullable().default(null),
  /** A target whose last proved restore is older is told as an alert. */
  batasHari: z.int().positive().default(30),
});
export type DrillConfig = z.infer<typeof DrillConfig>;

/**
 * What is kept of a target's backups; each rule keeps the newest of its period. A backup that no rule
 * keeps may go, but never one younger than `minimalHari` nor the newest verified one.
 */
export const RetentionConfig = z.strictObject({
  terakhir: z.int().min(1).default(3),
  harian: z.int().min(0).default(7),
  mingguan: z.int().min(0).default(5),
  bulanan: z.int().min(0).default(12),
  tahunan: z.int().min(0).default(2),
  minimalHari: z.int().min(1).default(7),
});
export type RetentionConfig = z.infer<typeof RetentionConfig>;

/** Beyond L0 to L3, which always hold. */
export const VerificationConfig = z.strictObject({
  /** L4: the engine's own check of pages and indexes of the restored copy. */
  fisik: z.boolean().default(false),
  /** L5: what the restored application must answer; read-only statements. */
  pertanyaan: z
    .array(z.strictObject({ tanya: z.string().min(1), jawab: z.string() }))
    .max(20)
    .default([]),
});
export type VerificationConfig = z.infer<typeof VerificationConfig>;

/** Keys that every target may have. */
export const care = {
  jadwal: ScheduleConfig.nullable().default(null),
  ujiPulih: DrillConfig.nullable().default(null),
  retensi: RetentionConfig.nullable().default(null),
  verifikasi: VerificationConfig.default({ fisik: false, pertanyaan: [] }),
};
