import type { VaultConfig } from "../config.ts";
import type { Host } from "../process/host.ts";
import { objectsVault } from "./objects.ts";
import { resticVault } from "./restic.ts";
import type { Vault } from "./vault.ts";

export interface VaultDeps {
  /** Where the vault's own programs run: the agent's machine. */
  readonly host: Host;
  /** The agent's data directory. */
  readonly dataDir: string;
}

const VAULTS = {
  restic: resticVault,
  objects: objectsVault,
} satisfies {
  readonly [K in VaultConfig["jenis"]]: (
    config: Extract<VaultConfig, { jenis: K }>,
    deps: VaultDeps,
  ) => Vault;
};

/** Gives the vault of a config entry; touches nothing yet. */
export function openVault(config: VaultConfig, deps: VaultDeps): Vault {
  switch (config.jenis) {
    case "restic":
      return VAULTS.restic(config, deps);
    case "objects":
      return VAULTS.objects(config, deps);
  }
}
