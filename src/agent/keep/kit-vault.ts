/** What the recovery kit says of a vault: how to reach it, open it and take one backup out of it. */
import { parseRepository } from "../config/repository.ts";
import type { VaultConfig } from "../config.ts";
import { readCredentials, readKeyFile } from "../vault/credentials.ts";
import { OPEN_OBJECT_FILE } from "./kit-script.ts";
import { quoteShell } from "./kit-text.ts";

export interface VaultPart {
  /** Programs to install. */
  readonly programs: readonly string[];
  /** Commands that make the vault reachable and list what is in it. */
  readonly open: readonly string[];
  /** Commands that list the backups of a target, one line each with its id. */
  list(alias: string): readonly string[];
  /** Commands that put the manifest of `$CADANGAN` into manifes.json and its stream into a file. */
  readonly take: (into: string) => readonly string[];
  readonly notes: readonly string[];
}

/** Whether what was taken out is what the manifest speaks of. */
const proof = (into: string): readonly string[] => [
  `test "$(stat -c %s ${into})" = "$(jq -r .receipt.bytes manifes.json)" && echo utuh`,
];
const OBJECT = '"$(jq -r .receipt.object manifes.json)"';

export async function vaultPart(config: VaultConfig): Promise<VaultPart> {
  switch (config.jenis) {
    case "restic":
      return resticPart(config);
    case "objects": {
      const key = await secretOf(config.berkasKunci);
      return objectsPart(config.alias, key, `export GUDANG=${quoteShell(config.direktori)}`);
    }
    case "objects-s3":
      return s3Part(config);
  }
}

async function resticPart(config: Extract<VaultConfig, { jenis: "restic" }>): Promise<VaultPart> {
  const password = `${config.alias}.sandi`;
  const ca = config.berkasCa === null ? "" : ` --cacert ${quoteShell(config.berkasCa)}`;
  const notes: string[] = [];
  const open = [
    `printf '%s\\n' ${quoteShell(await secretOf(config.berkasSandi))} > ${password}`,
    `export RESTIC_PASSWORD_FILE="$PWD/${password}"`,
    `export RESTIC_REPOSITORY=${quoteShell(config.repositori)}`,
  ];
  const kind = parseRepository(config.repositori)?.kind;
  if (kind === "rest" && config.berkasKredensial !== null) {
    const { pengguna, sandi } = await readCredentials(config.berkasKredensial, [
      "pengguna",
      "sandi",
    ]);
    const url = new URL(config.repositori.slice("rest:".length));
    url.username = encodeURIComponent(pengguna);
    url.password = encodeURIComponent(sandi);
    open[2] = `export RESTIC_REPOSITORY=${quoteShell(`rest:${url.href}`)}`;
  }
  if (kind === "s3" && config.berkasKredensial !== null) {
    open.push(
      ...(await s3Access(config.berkasKredensial, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
    );
    if (config.wilayah !== null)
      open.push(`export AWS_DEFAULT_REGION=${quoteShell(config.wilayah)}`);
  }
  if (kind === "sftp") {
    notes.push(
      "Kunci SSH untuk tempat cadangan ini tidak disertakan: mintalah akses SFTP baru kepada pengelola server itu.",
    );
    if (config.ssh) notes.push(`Kunci host server itu: ${config.ssh.kunciHost}`);
  }
  if (config.berkasCa !== null) {
    notes.push(
      `Sertifikat otoritas (${config.berkasCa}) tidak disertakan; salin dari server itu sendiri.`,
    );
  }
  const restic = `restic${ca}`;
  return {
    programs: ["restic", "jq"],
    open: [...open, `${restic} snapshots --tag stream`],
    list: (alias) => [`${restic} snapshots --tag stream --host ${quoteShell(alias)}`],
    take: (into) => [
      `${restic} dump --tag manifest --host "$CADANGAN" latest /manifest.json > amplop.json`,
      "jq -r .payload amplop.json | base64 -d > manifes.json",
      `${restic} dump ${OBJECT} /stream > ${into}`,
      ...proof(into),
    ],
    notes: [
      "Pada daftar, kolom Host adalah alias sasaran dan tanda backup=… adalah id cadangan.",
      ...notes,
    ],
  };
}

async function s3Part(config: Extract<VaultConfig, { jenis: "objects-s3" }>): Promise<VaultPart> {
  const bucket = `gudang:${config.bucket}/${config.awalan}`;
  const ca = config.berkasCa === null ? "" : ` --ca-cert ${quoteShell(config.berkasCa)}`;
  const part = objectsPart(
    config.alias,
    await secretOf(config.berkasKunci),
    'export GUDANG="$PWD/gudang"',
  );
  return {
    ...part,
    programs: [...part.programs, "rclone"],
    open: [
      "export RCLONE_CONFIG_GUDANG_TYPE=s3 RCLONE_CONFIG_GUDANG_PROVIDER=Other",
      `export RCLONE_CONFIG_GUDANG_ENDPOINT=${quoteShell(config.alamat)}`,
      `export RCLONE_CONFIG_GUDANG_REGION=${quoteShell(config.wilayah)}`,
      `export RCLONE_CONFIG_GUDANG_FORCE_PATH_STYLE=${config.gayaJalur}`,
      ...(await s3Access(
        config.berkasKredensial,
        "RCLONE_CONFIG_GUDANG_ACCESS_KEY_ID",
        "RCLONE_CONFIG_GUDANG_SECRET_ACCESS_KEY",
      )),
      `rclone${ca} copy ${quoteShell(`${bucket}manifests`)} gudang/manifests`,
      ...part.open,
    ],
    take: (into) => {
      const [envelope = "", manifest = "", ...rest] = part.take(into);
      const from = `${quoteShell(`${bucket}objects/`)}${OBJECT}`;
      return [envelope, manifest, `rclone${ca} copy ${from} gudang/objects`, ...rest];
    },
  };
}

function objectsPart(alias: string, key: string, where: string): VaultPart {
  const keyFile = `${alias}.kunci`;
  return {
    programs: ["jq", "node (versi 16 atau lebih baru)", "zstd"],
    open: [`printf '%s\\n' ${quoteShell(key)} > ${keyFile}`, where],
    list: (target) => [
      'for BERKAS in "$GUDANG"/manifests/*.json; do jq -r .payload "$BERKAS" | base64 -d; echo; done |',
      `  jq -r 'select(.alias == ${JSON.stringify(target)}) | [.finishedAt, .purpose, .id] | @tsv' | sort`,
    ],
    take: (into) => [
      'cp "$GUDANG/manifests/$CADANGAN.json" amplop.json',
      "jq -r .payload amplop.json | base64 -d > manifes.json",
      `node ${OPEN_OBJECT_FILE} "$GUDANG/objects/"${OBJECT} ${keyFile} > objek.zst`,
      `zstd -d -q -f objek.zst -o ${into} && rm objek.zst`,
      ...proof(into),
      `echo "$(jq -r .receipt.sha256 manifes.json)  ${into}" | sha256sum --check`,
    ],
    notes: [
      `Objek dibuka dengan ${OPEN_OBJECT_FILE} di bagian akhir perangkat ini.`,
      "Daftar menyebut waktu, jenis (backup = rutin, safety = pengaman), dan id cadangan.",
    ],
  };
}

async function s3Access(file: string, idName: string, secretName: string): Promise<string[]> {
  const { aws_access_key_id: id, aws_secret_access_key: secret } = await readCredentials(file, [
    "aws_access_key_id",
    "aws_secret_access_key",
  ]);
  return [`export ${idName}=${quoteShell(id)}`, `export ${secretName}=${quoteShell(secret)}`];
}

async function secretOf(file: string): Promise<string> {
  return (await readKeyFile(file, "the vault's key file")).trim();
}
