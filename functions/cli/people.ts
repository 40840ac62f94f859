import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { assignPosition } from "../services/people/assign-position.ts";
import { createUser } from "../services/people/create-user.ts";
import { leaf, run } from "./run.ts";

export function userCommand(): Command {
  const add = leaf("add", "Buat akun. Kata sandi dibaca dari masukan standar, atau dibuatkan.")
    .requiredOption("--surel <surel>", "alamat surel dinas")
    .requiredOption("--nama <nama>", "nama lengkap")
    .action(async (options: { json?: boolean; surel: string; nama: string }) => {
      const given = process.stdin.isTTY ? "" : (await text(process.stdin)).replace(/\r?\n$/, "");
      const password = given === "" ? randomBytes(12).toString("base64url") : given;
      const made = given === "" ? { password } : {};
      await run(
        options,
        async (deps) => ({
          ...(await createUser(deps, { email: options.surel, name: options.nama, password })),
          ...made,
        }),
        ({ person }) =>
          `Akun dibuat: ${person}.${given === "" ? `\nKata sandi (hanya tampil sekali): ${password}` : ""}`,
      );
    });
  return new Command("user").description("Akun pejabat dan pelaksana.").addCommand(add);
}

interface PositionOptions {
  readonly json?: boolean;
  readonly surel: string;
  readonly instansi: string;
  readonly jabatan: string;
  readonly kapasitas: string;
  readonly sejak: string;
  readonly sampai?: string;
  readonly dasar: string;
}

export function positionCommand(): Command {
  const add = leaf("add", "Tetapkan jabatan seseorang.")
    .requiredOption("--surel <surel>", "alamat surel akunnya")
    .requiredOption("--instansi <id>", "id instansi, mis. kaltim")
    .requiredOption("--jabatan <id>", "id jabatan pada instansi itu")
    .option("--kapasitas <kapasitas>", "definitif, plt, atau plh", "definitif")
    .requiredOption("--sejak <tanggal>", "TTTT-BB-HH")
    .option("--sampai <tanggal>", "TTTT-BB-HH, termasuk hari itu; tanpa ini tidak berbatas")
    .requiredOption("--dasar <surat>", "surat keputusan yang menjadi dasar")
    .action(async (options: PositionOptions) => {
      await run(
        options,
        (deps) =>
          assignPosition(deps, {
            email: options.surel,
            agency: options.instansi,
            jabatan: options.jabatan,
            capacity: options.kapasitas,
            since: options.sejak,
            until: options.sampai ?? null,
            decree: options.dasar,
          }),
        () => "Jabatan ditetapkan.",
      );
    });
  return new Command("position").description("Pemegang jabatan.").addCommand(add);
}
