/**
 * The config of the maintenance identity: another user or machine than the agent's, which alone holds
 * the right to delete in the vaults. It knows the agents by their public keys and runs no jobs.
 */
import { z } from "zod";
import { RetentionConfig } from "./care.ts";
import { VaultConfig } from "./vault.ts";
import { alias, path } from "./words.ts";

const agentName = z.string().min(1).max(100);

export const MaintainerConfig = z
  .strictObject({
    /** Its own folder, never an agent's. */
    data: path,
    /** Its clock is compared with this one; null: with the newest backup only. */
    portal: z
      .url({
        protocol: /^https?$/,
        error: "tulis alamat portal, mis. https://pulih.contoh.go.id",
      })
      .nullable()
      .default(null),
    /** As in the agents' configs, with credentials that may delete. */
    vaults: z.array(VaultConfig).min(1),
    agen: z
      .array(
        z.strictObject({
          nama: agentName,
          /** Public key, as `pulih-agent doctor` and the recovery kit show it. */
          kunci: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "tulis 43 huruf kunci umum agen"),
          /**
           * The agent's data folder, where this identity may read it: it tells which jobs run and
           * which kept copies are still there. Without it safety backups stay for good.
           */
          data: path.nullable().default(null),
        }),
      )
      .min(1),
    /** What may go; backups of other targets are left alone. The same rule as `retensi` of the agent. */
    sasaran: z
      .array(
        z.strictObject({
          alias,
          agen: agentName,
          zona: z.enum(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]).default("Asia/Jakarta"),
          retensi: RetentionConfig,
        }),
      )
      .min(1),
  })
  .superRefine((config, context) => {
    const agents = new Set(config.agen.map(({ nama }) => nama));
    const seen = new Set<string>();
    config.sasaran.forEach(({ alias: name, agen }, index) => {
      const at = ["sasaran", index];
      if (!agents.has(agen)) {
        const message = "tulis nama salah satu agen di berkas ini";
        context.addIssue({ code: "custom", path: [...at, "agen"], message });
      }
      if (seen.has(`${agen}\n${name}`)) {
        const message = "sasaran ini sudah punya aturan; hapus salah satunya";
        context.addIssue({ code: "custom", path: at, message });
      }
      seen.add(`${agen}\n${name}`);
    });
    if (agents.size !== config.agen.length) {
      const message = "nama agen dipakai dua kali; tulis setiap agen satu kali";
      context.addIssue({ code: "custom", path: ["agen"], message });
    }
  });
export type MaintainerConfig = z.infer<typeof MaintainerConfig>;
