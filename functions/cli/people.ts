import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import { personByEmail } from "../services/people/accounts.ts";
import { assignPosition } from "../services/people/assign-position.ts";
import { createUser } from "../services/people/create-user.ts";
import { grantAdmin } from "../services/people/grant-admin.ts";
import { issueRecovery } from "../services/people/recover.ts";
import { enrolTotp } from "../services/people/second-factor.ts";
import { leaf, run } from "./run.ts";

interface NewUser {
  readonly json?: boolean;
  readonly surel: string;
  readonly nama: string;
  readonly totp?: boolean;
}

export function userCommand(): Command {
  const add = leaf("add", "Buat akun. Kata sandi dibaca dari masukan standar, atau dibuatkan.")
    .requiredOption("--surel <surel>", "alamat surel dinas")
    .requiredOption("--nama <nama>", "nama lengkap")
    .option("--totp", "pasang juga langkah kedua, dan tampilkan alamat otpauth sekali")
    .action(async (options: NewUser) => {
      const given = process.stdin.isTTY ? "" : (await text(process.stdin)).replace(/\r?\n$/, "");
      const password = given === "" ? randomBytes(12).toString("base64url") : given;
      const made = given === "" ? { password } : {};
      await run(
        options,
        async (deps) => {
          const email = options.surel.trim().toLowerCase();
          const { person } = await createUser(deps, { email, name: options.nama, password });
          const totp = options.totp ? (await enrolTotp(deps, { person, email })).uri : null;
          return { person, ...made, ...(totp === null ? {} : { totp }) };
        },
        ({ person, totp }) =>
          [
            `Akun dibuat: ${person}.`,
            ...(given === "" ? [`Kata sandi (hanya tampil sekali): ${password}`] : []),
            ...(totp ? [`Alamat otpauth (hanya tampil sekali): ${totp}`] : []),
          ].join("\n"),
      );
    });
  const admin = leaf("admin", "Jadikan pemilik akun admin portal, mis. admin yang pertama.")
    .requiredOption("--surel <surel>", "alamat surel akunnya")
    .action(async (options: { json?: boolean; surel: string }) => {
      await run(
        options,
        (deps) => grantAdmin(deps, { email: options.surel, by: null }),
        () => "Orang ini sekarang admin. Jabatan tidak dapat diberikan kepadanya.",
      );
    });
  const recover = leaf(
    "recover",
    "Buat tautan sekali pakai untuk kata sandi baru, berlaku satu jam.",
  )
    .requiredOption("--surel <surel>", "alamat surel akunnya")
    .option(
      "--hapus-langkah-kedua",
      "hapus juga aplikasi autentikator dan kunci sandinya, untuk yang kehilangan",
    )
    .action(async (options: { json?: boolean; surel: string; hapusLangkahKedua?: boolean }) => {
      await run(
        options,
        async (deps) => {
          const { path, expiresAt } = await issueRecovery(deps, {
            person: await personByEmail(deps.db, options.surel),
            by: null,
            removesSecondFactor: options.hapusLangkahKedua === true,
          });
          return { link: `${deps.origin}${path}`, expiresAt };
        },
        ({ link, expiresAt }) =>
          `Tautan (hanya tampil sekali): ${link}\nBerlaku sampai: ${expiresAt}\nSerahkan langsung kepada pemilik akun.`,
      );
    });
  return new Command("user")
    .description("Akun pejabat, pelaksana, dan admin.")
    .addCommand(add)
    .addCommand(recover)
    .addCommand(admin);
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
