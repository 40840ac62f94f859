import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { z } from "zod";
import { lintContent, type Remark } from "#catalog/lint-content.ts";
import { localDate, ZONES } from "#domain/calendar/local-time.ts";
import { AppError, ERRORS } from "#domain/errors.ts";
import { readSettings } from "../env.ts";
import { countOf, lintText } from "./lint-text.ts";
import { leaf } from "./run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface LintOptions {
  readonly json?: boolean;
  readonly ketat?: boolean;
  readonly hariIni?: string;
}

/** What writers of SOPs do with their files; needs no database. */
export function sopCommand(): Command {
  const lint = leaf("lint", "Periksa berkas SOP: galat dan peringatan, dengan baris dan saran.")
    .argument("[slug...]", "nama folder SOP; tanpa ini semua isi portal")
    .option("--ketat", "peringatan yang belum diketahui juga membuat perintah gagal")
    .option("--hari-ini <tanggal>", "TTTT-BB-HH; bawaan: hari ini, untuk menghitung jatuh tempo")
    .action(async (slugs: readonly string[], options: LintOptions) => {
      const remarks = await remarksOn(slugs, dateOf(options.hariIni));
      const counts = countOf(remarks);
      const answer = options.json
        ? JSON.stringify({ ...counts, remarks })
        : lintText(remarks, counts);
      process.stdout.write(`${answer}\n`);
      if (counts.errors > 0 || (options.ketat && counts.warnings > 0)) {
        process.exitCode = ERRORS.CONTENT_INVALID.exitCode;
      }
    });
  return new Command("sop").description("Berkas SOP.").addCommand(lint);
}

async function remarksOn(slugs: readonly string[], today: string): Promise<readonly Remark[]> {
  const { content } = readSettings(process.env, root);
  const report = await lintContent(content, { today });
  const absent = slugs.filter((slug) => !report.slugs.has(slug));
  if (absent.length > 0) {
    const known = [...report.slugs].join(", ");
    throw new AppError("SOP_UNKNOWN", absent.join(", "), {
      problems: absent.map((slug) => ({
        field: slug,
        pesan: `Folder sop/${slug} tidak ada. Tulis salah satu dari: ${known}.`,
      })),
    });
  }
  if (slugs.length === 0) return report.remarks;
  return report.remarks.filter(({ file }) =>
    slugs.some((slug) => file.startsWith(`sop/${slug}/`) || report.filesOf.get(slug)?.has(file)),
  );
}

function dateOf(given: string | undefined): string {
  if (given === undefined) return localDate(new Date(), ZONES["Asia/Jakarta"].offsetMinutes);
  if (z.iso.date().safeParse(given).success) return given;
  throw new AppError("INPUT_INVALID", "not a date", {
    problems: [
      { field: "--hari-ini", pesan: "Tulis tanggal sebagai TTTT-BB-HH, mis. 2026-11-22." },
    ],
  });
}
