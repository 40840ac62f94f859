import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Command } from "commander";
import { AppError } from "#domain/errors.ts";
import { composeKit } from "../keep/recovery-kit.ts";
import { toolVersions } from "../keep/tool-versions.ts";
import { localHost } from "../process/local.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { enrolled } from "./open-context.ts";

interface KitOptions extends StandardOptions {
  readonly untuk: readonly string[];
  readonly keluar?: string;
}

export function recoveryKitCommand(): Command {
  return leaf(
    "recovery-kit",
    "Tulis perangkat pemulihan darurat: kunci dan perintah untuk memulihkan tanpa Pulih.",
    "pulih-agent recovery-kit --config /etc/pulih/agen.yaml --keluar /root/perangkat.txt",
  )
    .option(
      "--untuk <penerima>",
      "sandikan untuk kunci age ini (age1…); boleh diulang",
      (one: string, all: readonly string[]) => [...all, one],
      [] as readonly string[],
    )
    .option("--keluar <berkas>", "tulis ke berkas baru yang hanya dapat dibaca pemiliknya")
    .addHelpText(
      "after",
      "\nTanpa --untuk isinya rahasia yang terbuka: hanya ditulis ke layar atau ke berkas berhak 600.",
    )
    .action(async (options: KitOptions) => {
      const isSealed = options.untuk.length > 0;
      // A pipe may end in a log, a mail or a ticket.
      const isAllowed = options.keluar !== undefined || isSealed || process.stdout.isTTY === true;
      if (!isAllowed || (options.json && options.keluar === undefined)) {
        throw wrong(
          "--keluar",
          "perangkat tanpa sandi hanya ditulis ke layar atau ke berkas; sebutkan --keluar <berkas> atau --untuk <penerima>",
        );
      }
      const config = await configOf(options);
      const { key, identity } = await enrolled(config);
      await using host = localHost();
      const text = await composeKit(config, {
        agent: identity.agent,
        key,
        now: new Date(),
        versions: await toolVersions(host),
      });
      const written = isSealed ? await sealed(text, options.untuk) : text;
      if (options.keluar === undefined) {
        process.stdout.write(written);
        return;
      }
      await writeNew(options.keluar, written);
      const sha256 = createHash("sha256").update(written).digest("hex");
      print(
        options,
        { file: options.keluar, sealed: isSealed, sha256 },
        [
          `Perangkat ditulis ke ${options.keluar} (SHA-256 ${sha256}).`,
          isSealed
            ? "Isinya tersandi; simpan kunci age-nya terpisah, di luar server ini."
            : "Isinya rahasia: cetak, segel, simpan di gedung lain, lalu hapus berkasnya.",
        ].join("\n"),
      );
    });
}

/** Readable by its owner from the first byte on; never over another file. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") {
      throw new AppError("CONTENT_EXISTS", "the kit's file is there already", {
        problems: [{ field: "--keluar", pesan: `${path} sudah ada; sebutkan berkas lain` }],
      });
    }
    throw wrong("--keluar", `${path} tidak dapat ditulis; periksa jalur dan haknya`);
  });
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sealed(text: string, recipients: readonly string[]): Promise<string> {
  const { armor, Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw wrong("--untuk", `bukan kunci age: ${recipient}; tulis kunci umum yang diawali age1`);
    }
  }
  return armor.encode(await encrypter.encrypt(text));
}

function wrong(field: string, pesan: string): AppError {
  return new AppError("INPUT_INVALID", "the kit cannot be written like this", {
    problems: [{ field, pesan }],
  });
}
