/**
 * The paper that saves an office: everything that is needed to get the data back when Pulih, its
 * portal and its agent are all gone. Plain text in Indonesian, with every key and every command.
 */
import { instantText, listText } from "#domain/indonesian.ts";
import { fingerprint } from "#protocol/jws.ts";
import type { AgentConfig } from "../config.ts";
import type { AgentKey } from "../key.ts";
import { OPEN_OBJECT_FILE, OPEN_OBJECT_SCRIPT } from "./kit-script.ts";
import { targetPart } from "./kit-target.ts";
import { commands, paragraph, section } from "./kit-text.ts";
import { type VaultPart, vaultPart } from "./kit-vault.ts";

export interface KitFacts {
  readonly agent: string;
  readonly key: Pick<AgentKey, "jwk" | "thumbprint">;
  readonly now: Date;
  /** Name → version of the tools on this host, as far as they are there. */
  readonly versions: Readonly<Record<string, string>>;
}

export async function composeKit(config: AgentConfig, facts: KitFacts): Promise<string> {
  const vaults = new Map<string, VaultPart>();
  for (const vault of config.vaults) vaults.set(vault.alias, await vaultPart(vault));
  const parts = [head(config, facts), first()];
  for (const [alias, part] of vaults) {
    parts.push(
      section(`Tempat cadangan: ${alias}`, [
        paragraph(`Program yang diperlukan: ${listText(part.programs)}.`),
        commands(part.open),
        ...part.notes.map(paragraph),
      ]),
    );
  }
  for (const target of config.targets) {
    const vault = vaults.get(target.vault);
    const stream = `${target.alias}.isi`;
    const { programs, before, load, notes } = await targetPart(target, stream);
    parts.push(
      section(
        `Sasaran: ${target.alias}`,
        [
          paragraph(
            `Mesin data ${target.engine}, tempat cadangan ${target.vault}. Program yang diperlukan: ${listText(programs)}.`,
          ),
          paragraph("1. Daftar cadangan sasaran ini:"),
          commands(vault?.list(target.alias) ?? []),
          paragraph("2. Isi id cadangan yang dipilih, lalu ambil dari tempat cadangan:"),
          commands(["CADANGAN='isi-id-cadangan'", ...(vault?.take(stream) ?? [])]),
          paragraph("3. Muat ke tempat baru (jangan menimpa yang ada):"),
          commands([...before, ...load]),
          ...notes.map(paragraph),
        ],
        true,
      ),
    );
  }
  if (config.vaults.some(({ jenis }) => jenis !== "restic")) {
    const text = [`// awal ${OPEN_OBJECT_FILE}`, OPEN_OBJECT_SCRIPT.trimEnd(), "// akhir"].join(
      "\n",
    );
    parts.push(
      section(
        `Lampiran: ${OPEN_OBJECT_FILE}`,
        [
          paragraph(
            `Ketik teks berikut sebagai berkas ${OPEN_OBJECT_FILE}. Dari berkas perangkat ini teks itu dapat diambil dengan:`,
          ),
          `> sed -n '/^\\/\\/ awal ${OPEN_OBJECT_FILE}$/,/^\\/\\/ akhir$/p' perangkat.txt > ${OPEN_OBJECT_FILE}`,
          text,
        ],
        true,
      ),
    );
  }
  return `${parts.join("\n")}\n`;
}

function head(config: AgentConfig, { agent, key, now, versions }: KitFacts): string {
  const zone = config.targets[0]?.jadwal?.zona ?? "Asia/Jakarta";
  const tools = Object.entries(versions).map(([name, version]) => `  ${name} ${version}`);
  return [
    "PERANGKAT PEMULIHAN DARURAT",
    "RAHASIA: memuat kunci semua cadangan. Simpan tersegel di tempat terkunci, di gedung lain.",
    "",
    `Agen                : ${agent}`,
    `Dicetak             : ${instantText(now.toISOString(), zone)}`,
    `Kunci umum agen     : ${key.jwk.x}`,
    `Sidik kunci agen    : ${fingerprint(key.thumbprint)}`,
    `Portal              : ${config.portal}`,
    "Alat saat dicetak   :",
    ...(tools.length === 0 ? ["  tidak diketahui"] : tools),
    "",
  ].join("\n");
}

function first(): string {
  return section("Cara memakai", [
    paragraph(
      "Perangkat ini dipakai bila Pulih tidak ada lagi. Setiap data dapat dikembalikan dengan alat umum saja. Yang diperlukan: satu server Linux, tempat cadangan, dan program yang disebut pada setiap bagian.",
    ),
    paragraph(
      "Baris yang menjorok empat spasi adalah perintah; jalankan berurutan dalam satu terminal. Bila satu perintah gagal, berhenti dan periksa; jangan lanjutkan ke perintah berikutnya.",
    ),
    commands(["mkdir -p pulih-darurat && cd pulih-darurat && umask 077"]),
    paragraph(
      "Pakai hanya cadangan yang ada manifesnya: aliran tanpa manifes tidak pernah selesai. Sesudah selesai, hapus folder pulih-darurat dan buat kunci baru untuk tempat cadangan.",
    ),
    paragraph(
      "Cetak ulang perangkat ini setiap kali kunci, tempat cadangan, atau sasaran berubah, lalu musnahkan yang lama.",
    ),
  ]);
}
