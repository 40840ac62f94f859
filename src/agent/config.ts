/**
 * The agent's config: one YAML file, owned by the operator, the only place that knows hosts, paths
 * and credentials. The portal knows aliases. Checked whole at start.
 */
import { z } from "zod";
import { TargetConfig } from "./config/target.ts";
import { VaultConfig } from "./config/vault.ts";
import { path } from "./config/words.ts";

export type { PlaceConfig } from "./config/place.ts";
export { TargetConfig, type TargetOf } from "./config/target.ts";
export { VaultConfig } from "./config/vault.ts";

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
      if (target.jadwal !== null && !target.izin.includes("backup")) {
        context.addIssue({
          code: "custom",
          path: ["targets", index, "jadwal"],
          message: "jadwal memerlukan backup di izin",
        });
      }
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
