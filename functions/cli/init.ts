import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { readContent } from "#catalog/read-content.ts";
import { agencyFile } from "#catalog/scaffold-agency.ts";
import { serviceFile } from "#catalog/scaffold-service.ts";
import { lifeFile, sopFile } from "#catalog/scaffold-sop.ts";
import { localDate, ZONES, type ZoneId } from "#domain/calendar/local-time.ts";
import { AppError } from "#domain/errors.ts";
import { readSettings } from "../env.ts";
import { answersTo, type Question, terminal } from "./ask.ts";
import { leaf } from "./run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const isId = (answer: string): string | null =>
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(answer)
    ? null
    : "Tulis huruf kecil, angka, dan tanda hubung, mis. diskominfo-contoh.";
const isText = (answer: string): string | null => (answer === "" ? "Tulis teksnya." : null);
const isZone = (answer: string): string | null =>
  Object.hasOwn(ZONES, answer) ? null : `Tulis salah satu dari: ${Object.keys(ZONES).join(", ")}.`;

const AGENCY: readonly Question[] = [
  { field: "id", text: "Id instansi, mis. bontang", judge: isId },
  { field: "--nama", text: "Nama lengkap instansi", judge: isText },
  { field: "--singkatan", text: "Sebutan pendek instansi", judge: isText },
  { field: "--zona", text: "Zona waktu", preset: "Asia/Jakarta", judge: isZone },
];

const SOP: readonly Question[] = [
  { field: "slug", text: "Nama folder SOP, mis. bontang-backup-database", judge: isId },
  { field: "--instansi", text: "Id instansi pemilik SOP", judge: isId },
  { field: "--judul", text: "Judul SOP seperti tercetak", judge: isText },
];

/** Begins the files of a new agency or SOP; what is there already is never touched. */
export function initCommand(): Command {
  const agency = leaf("agency", "Buat berkas instansi baru, dengan penjelasan tiap isian.")
    .argument("[id]", "id instansi; menjadi nama berkas")
    .option("--nama <nama>", "nama lengkap")
    .option("--singkatan <singkatan>", "sebutan pendek")
    .option("--zona <zona>", `zona waktu: ${Object.keys(ZONES).join(", ")}`)
    .action(async (given: string | undefined, options: Record<string, string | undefined>) => {
      const { nama: name, singkatan: short, zona: zone } = options;
      const answers = await answersTo(AGENCY, [given, name, short, zone], terminal());
      const [id = "", nama = "", singkatan = "", zona = ""] = answers;
      const content = contentDir();
      await begin(content, {
        [`instansi/${id}.md`]: agencyFile({ nama, singkatan, zona: zona as ZoneId }),
      });
      tell(
        options,
        content,
        [`instansi/${id}.md`],
        [
          "Ganti setiap CONTOH di berkas itu; tiap isian dijelaskan di atasnya.",
          `Buat SOP pertamanya: npx pulih init sop <nama-folder> --instansi ${id}`,
          "Informasi publik dan yang dikecualikan: salin berkas di content/ppid, ganti instansinya.",
          "Periksa: npx pulih sop lint",
          "Tulis status: terbit di berkas instansi bila sudah benar.",
        ],
      );
    });
  const sop = leaf("sop", "Buat folder SOP baru, dengan penjelasan tiap isian.")
    .argument("[slug]", "nama folder SOP; menjadi alamat halamannya")
    .option("--instansi <id>", "id instansi pemilik SOP")
    .option("--judul <judul>", "judul seperti tercetak")
    .action(async (given: string | undefined, options: Record<string, string | undefined>) => {
      const { instansi: agency, judul: title } = options;
      const answers = await answersTo(SOP, [given, agency, title], terminal());
      const [slug = "", instansi = "", judul = ""] = answers;
      const content = contentDir();
      const jabatan = await postsOf(content, instansi);
      const today = localDate(new Date(), ZONES["Asia/Jakarta"].offsetMinutes);
      const files = {
        [`sop/${slug}/sop.md`]: sopFile({ slug, instansi, judul, jabatan }),
        [`sop/${slug}/riwayat.md`]: lifeFile(today),
        [`layanan/${slug}.md`]: serviceFile(slug),
      };
      await begin(content, files);
      tell(options, content, Object.keys(files), [
        "Salin naskah ke sop.md; tiap isian dijelaskan di atasnya.",
        `Periksa: npx pulih sop lint ${slug}`,
        `Isi layanan/${slug}.md dengan yang ditetapkan instansi; selebihnya biarkan null.`,
        `Lihat: npm run dev, lalu buka /sop/${slug}/`,
        "Tulis status: berlaku di riwayat.md bila sudah benar.",
      ]);
    });
  return new Command("init")
    .description("Mulai berkas baru di folder isi. Tanpa pilihan, ditanyakan di terminal.")
    .addCommand(agency)
    .addCommand(sop);
}

function contentDir(): string {
  return readSettings(process.env, root).content;
}

async function postsOf(content: string, instansi: string) {
  const { agencies } = await readContent(content);
  const entry = agencies.entries.find(({ id }) => id === instansi);
  if (entry) return entry.data.jabatan;
  const pesan = agencies.found.has(instansi)
    ? `Berkas instansi/${instansi}.md belum benar. Perbaiki menurut npx pulih sop lint.`
    : `Instansi "${instansi}" belum ada. Buat dulu: npx pulih init agency ${instansi}`;
  throw new AppError("INPUT_INVALID", `no agency ${instansi}`, {
    problems: [{ field: "--instansi", pesan }],
  });
}

/** Writes all files or none; throws CONTENT_EXISTS where one is there. */
async function begin(content: string, files: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(files);
  const there = await Promise.all(
    names.map((file) =>
      access(join(content, file)).then(
        () => [file],
        () => [],
      ),
    ),
  );
  const problems = there.flat().map((field) => ({ field, pesan: "Berkas ini tidak diubah." }));
  if (problems.length > 0) {
    throw new AppError("CONTENT_EXISTS", problems.map(({ field }) => field).join(", "), {
      problems,
    });
  }
  for (const [file, text] of Object.entries(files)) {
    const path = join(content, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: "wx" });
  }
}

function tell(
  options: Readonly<Record<string, unknown>>,
  content: string,
  files: readonly string[],
  next: readonly string[],
): void {
  const paths = files.map((file) => {
    const path = join(content, file);
    const near = relative(process.cwd(), path);
    return near.startsWith("..") ? path : near;
  });
  const text = options["json"]
    ? JSON.stringify({ files: paths, next })
    : [
        "Dibuat sebagai draf:",
        ...paths.map((path) => `  ${path}`),
        "",
        "Berikutnya:",
        ...next.map((line, at) => `  ${at + 1}. ${line}`),
      ].join("\n");
  process.stdout.write(`${text}\n`);
}
