import { z } from "zod";
import { isSafeAddress, parseRepository } from "./repository.ts";
import { alias, hostKey, path, port } from "./words.ts";

const base = {
  alias,
  /** Days in which every stored byte is read once. */
  bacaSemuaHari: z.int().min(1).max(365).default(30),
};

/** Stands in double quotes of a program's own option; what would end them, or expand, is no path. */
const plainPath = path.regex(
  /^[^"'\\%\n\r]*$/,
  "tulis jalur tanpa tanda petik, garis miring terbalik, atau %",
);

const ResticVault = z
  .strictObject({
    ...base,
    jenis: z.literal("restic"),
    /** Repository as restic names it: /folder, sftp:user@host:/folder, rest:https://…, s3:https://… */
    repositori: z.string().refine((text) => parseRepository(text) !== null, {
      error:
        "tulis /folder, sftp:pengguna@host:/folder, rest:https://…, atau s3:https://… tanpa sandi",
    }),
    berkasSandi: path,
    /** For rest (`pengguna`, `sandi`) and s3 (`aws_access_key_id`, `aws_secret_access_key`). */
    berkasKredensial: path.nullable().default(null),
    /** Certificate authority of the store, where the system does not know it. */
    berkasCa: path.nullable().default(null),
    /** Region of an s3 store that asks for one. */
    wilayah: z.string().min(1).nullable().default(null),
    /** For sftp. */
    ssh: z
      .strictObject({ port: port.default(22), berkasKunci: plainPath, kunciHost: hostKey })
      .nullable()
      .default(null),
  })
  .superRefine((config, context) => {
    const kind = parseRepository(config.repositori)?.kind;
    const demand = (isMet: boolean, field: string, message: string): void => {
      if (!isMet) context.addIssue({ code: "custom", path: [field], message });
    };
    demand(
      (kind === "sftp") === (config.ssh !== null) || kind === undefined,
      "ssh",
      kind === "sftp" ? "wajib diisi untuk sftp" : "hanya untuk sftp; hapus bagian ini",
    );
    demand(kind !== "s3" || config.berkasKredensial !== null, "berkasKredensial", "wajib diisi");
  });

export const VaultConfig = z.discriminatedUnion("jenis", [
  ResticVault,
  z.strictObject({
    ...base,
    jenis: z.literal("objects"),
    direktori: path,
    /** File with 32 random bytes in base64. */
    berkasKunci: path,
  }),
  z.strictObject({
    ...base,
    jenis: z.literal("objects-s3"),
    /** Address of the S3 service, without the bucket. */
    alamat: z
      .url()
      .refine((text) => isSafeAddress(new URL(text)), "tulis alamat https:// tanpa nama dan sandi"),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "tulis nama bucket"),
    /** Begins the name of everything the vault stores, so that one bucket may hold more than one. */
    awalan: z
      .string()
      .regex(/^([A-Za-z0-9_.-]+\/)*$/, "tulis seperti: cadangan/ (diakhiri garis miring)")
      .default(""),
    wilayah: z.string().min(1).default("us-east-1"),
    /** The bucket in the path instead of the host name; most services on premises want that. */
    gayaJalur: z.boolean().default(true),
    berkasKredensial: path,
    berkasCa: path.nullable().default(null),
    berkasKunci: path,
    /** Days in which the store itself lets nobody delete or replace what was stored (Object Lock). */
    kunciHari: z.int().min(1).max(3650).nullable().default(null),
  }),
]);
export type VaultConfig = z.infer<typeof VaultConfig>;
