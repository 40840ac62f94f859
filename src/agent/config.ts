/**
 * The agent's config: one YAML file, owned by the operator, the only place that knows hosts, paths
 * and credentials. The portal knows aliases. Checked whole at start.
 */
import { z } from "zod";
import { JobAction } from "#domain/workflow/types.ts";

const alias = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "tulis huruf kecil, angka, dan tanda hubung")
  .max(60);
const path = z.string().startsWith("/", "tulis jalur lengkap yang diawali /");
const port = z.int().min(1).max(65_535);

const Place = z.discriminatedUnion("jenis", [
  z.strictObject({ jenis: z.literal("lokal") }),
  z.strictObject({
    jenis: z.literal("ssh"),
    host: z.string().min(1),
    port: port.default(22),
    pengguna: z.string().min(1),
    /** File of the private key on the agent's host. */
    berkasKunci: path,
    /** The host's public key as in known_hosts: "ssh-ed25519 AAAA…". Nothing is trusted on first use. */
    kunciHost: z
      .string()
      .regex(/^ssh-[a-z0-9-]+ [A-Za-z0-9+/=]+$/, "tulis seperti: ssh-ed25519 AAAA…"),
  }),
]);
export type PlaceConfig = z.infer<typeof Place>;

const base = {
  alias,
  vault: alias,
  tempat: Place.default({ jenis: "lokal" }),
  /** The local allow-list; what is not named is refused, whatever the portal says. */
  izin: z.array(JobAction).min(1),
};

export const TargetConfig = z.discriminatedUnion("engine", [
  z.strictObject({
    ...base,
    engine: z.literal("postgres"),
    host: z.string().min(1),
    port: port.default(5432),
    database: z.string().min(1),
    pengguna: z.string().min(1),
    /** A .pgpass file at the place where the commands run; omitted where the server trusts the user. */
    berkasSandi: path.nullable().default(null),
  }),
  z.strictObject({
    ...base,
    engine: z.literal("mariadb"),
    database: z.string().min(1),
    /** An option file (my.cnf style) at the place where the commands run: host or socket, user, password. */
    berkasOpsi: path,
  }),
  z.strictObject({ ...base, engine: z.literal("sqlite"), berkas: path }),
  z.strictObject({ ...base, engine: z.literal("directory"), direktori: path }),
]);
export type TargetConfig = z.infer<typeof TargetConfig>;
export type TargetOf<E extends TargetConfig["engine"]> = Extract<TargetConfig, { engine: E }>;

export const VaultConfig = z.discriminatedUnion("jenis", [
  z.strictObject({
    alias,
    jenis: z.literal("restic"),
    /** Repository as restic names it: a path, sftp:…, rest:…, s3:… */
    repositori: z.string().min(1),
    berkasSandi: path,
  }),
  z.strictObject({
    alias,
    jenis: z.literal("objects"),
    direktori: path,
    /** File with 32 random bytes in base64. */
    berkasKunci: path,
  }),
]);
export type VaultConfig = z.infer<typeof VaultConfig>;

export const AgentConfig = z
  .strictObject({
    portal: z.url({
      protocol: /^https?$/,
      error: "tulis alamat portal, mis. https://pulih.contoh.go.id",
    }),
    /** Key, journal and results of the agent. */
    data: path,
    vaults: z.array(VaultConfig).min(1),
    targets: z.array(TargetConfig).min(1),
  })
  .superRefine((config, context) => {
    const vaults = new Set(config.vaults.map((vault) => vault.alias));
    const seen = new Set<string>();
    config.targets.forEach((target, index) => {
      if (!vaults.has(target.vault)) {
        context.addIssue({
          code: "custom",
          path: ["targets", index, "vault"],
          message: "tulis alias salah satu vault di berkas ini",
        });
      }
      if (seen.has(target.alias)) {
        context.addIssue({
          code: "custom",
          path: ["targets", index, "alias"],
          message: "alias ini sudah dipakai; tulis alias lain",
        });
      }
      seen.add(target.alias);
      if (target.engine === "sqlite" && target.tempat.jenis === "ssh") {
        context.addIssue({
          code: "custom",
          path: ["targets", index, "tempat"],
          message: "SQLite dicadangkan di server agen sendiri; jalankan agen di server itu",
        });
      }
    });
  });
export type AgentConfig = z.infer<typeof AgentConfig>;
