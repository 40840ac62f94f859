import { access } from "node:fs/promises";
import { join } from "node:path";
import { AppError, invariant } from "#domain/errors.ts";
import { importPublicKey } from "#protocol/jws.ts";
import type { MaintainerConfig } from "../config/maintainer.ts";
import { KEY_FILE } from "../key.ts";
import type { Host } from "../process/host.ts";
import { openVault } from "../vault/registry.ts";
import type { Maintenance } from "./plan-retention.ts";
import { askPortal } from "./portal-clock.ts";

/** INPUT_CONFIG where the folder is an agent's: who may delete must not be who makes the backups. */
export async function openMaintenance(
  config: MaintainerConfig,
  host: Host,
  log: Maintenance["log"],
): Promise<Maintenance> {
  const isAgents = await access(join(config.data, KEY_FILE)).then(
    () => true,
    () => false,
  );
  if (isAgents) {
    const pesan = `data: ${config.data} milik agen; beri pemelihara folder data sendiri`;
    throw new AppError("INPUT_CONFIG", "the folder is an agent's", {
      problems: [{ field: "data", pesan }],
    });
  }
  const vaults = new Map(
    config.vaults.map((vault) => [vault.alias, openVault(vault, { host, dataDir: config.data })]),
  );
  return {
    config,
    signers: await Promise.all(
      config.agen.map(async ({ nama, kunci }) => ({
        name: nama,
        publicKey: await importPublicKey({ kty: "OKP", crv: "Ed25519", x: kunci }),
      })),
    ),
    vault(alias) {
      const vault = vaults.get(alias);
      invariant(vault, `vault ${alias} is in the config`);
      return vault;
    },
    portalTime: async () =>
      config.portal ? ((await askPortal(config.portal))?.time ?? null) : null,
    now: () => new Date(),
    log,
  };
}
