import { readFile, writeFile } from "node:fs/promises";
import { Command } from "commander";
import { addAsset } from "../services/assets/add.ts";
import { exportAssets } from "../services/assets/export.ts";
import { importAssets } from "../services/assets/import.ts";
import { leaf, run } from "./run.ts";

/** Whose hand the log of changes names where nobody is signed in. */
const BY = "baris perintah";

interface AddOptions {
  readonly json?: boolean;
  readonly instansi: string;
  readonly nama: string;
  readonly pemilik: string;
  readonly jenis: string;
  readonly kategori: string;
  readonly letak: string;
  readonly sasaran?: string;
  readonly catatan?: string;
}

interface FileOptions {
  readonly json?: boolean;
  readonly instansi: string;
  readonly simpan?: boolean;
  readonly keluaran?: string;
}

export function assetCommand(): Command {
  const add = leaf("add", "Daftarkan server ke register aset; kodenya ditampilkan.")
    .requiredOption("--instansi <id>", "id instansi, mis. kaltim")
    .requiredOption("--nama <nama>", "nama server atau aplikasi")
    .requiredOption("--pemilik <opd>", "perangkat daerah pemilik")
    .requiredOption("--jenis <jenis>", "fisik, vm, vps, basis-data, atau aplikasi")
    .requiredOption("--kategori <kategori>", "strategis, tinggi, atau rendah")
    .requiredOption("--letak <letak>", "ruang dan rak")
    .option("--sasaran <alias>", "sasaran agen yang mencadangkannya")
    .option("--catatan <catatan>", "catatan, tanpa kata sandi")
    .action(async (options: AddOptions) => {
      const { instansi, json, ...values } = options;
      await run(
        options,
        (deps) => addAsset(deps, { agency: instansi, values, by: BY }),
        ({ code }) => `Aset terdaftar dengan kode ${code}.`,
      );
    });
  const bring = leaf("import", "Periksa berkas CSV register aset; dengan --simpan dimasukkan.")
    .argument("<berkas>", "CSV dengan kolom seperti hasil ekspor")
    .requiredOption("--instansi <id>", "id instansi")
    .option("--simpan", "simpan bila tidak ada baris yang ditolak")
    .action(async (file: string, options: FileOptions) => {
      await run(
        options,
        async (deps) =>
          importAssets(deps, {
            agency: options.instansi,
            bytes: await readFile(file),
            by: BY,
            save: options.simpan ?? false,
          }),
        ({ counts, rows, saved }) =>
          [
            `Baru ${counts.baru}, diubah ${counts.diubah}, sama ${counts.sama}, ditolak ${counts.ditolak}.`,
            ...rows.flatMap(({ line, problems }) =>
              problems.map(({ field, pesan }) => `  Baris ${line}, ${field}: ${pesan}`),
            ),
            saved ? "Tersimpan." : "Belum disimpan; jalankan lagi dengan --simpan.",
          ].join("\n"),
      );
    });
  const give = leaf("export", "Tulis register aset sebagai CSV.")
    .requiredOption("--instansi <id>", "id instansi")
    .requiredOption("--keluaran <berkas>", "berkas CSV yang ditulis")
    .action(async (options: FileOptions) => {
      await run(
        options,
        async (deps) => {
          const csv = await exportAssets(deps, options.instansi);
          await writeFile(options.keluaran ?? "", csv, { mode: 0o600 });
          return { file: options.keluaran, rows: csv.trimEnd().split("\r\n").length - 1 };
        },
        ({ file, rows }) => `${rows} aset ditulis ke ${file}.`,
      );
    });
  return new Command("asset")
    .description("Register aset server.")
    .addCommand(add)
    .addCommand(bring)
    .addCommand(give);
}
