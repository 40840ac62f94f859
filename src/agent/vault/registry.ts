import type { VaultConfig } from "../config.ts";
import type { Host } from "../process/host.ts";
import { directoryStore } from "./directory-store.ts";
import { lazyStore } from "./lazy-store.ts";
import { objectsVault } from "./objects.ts";
import { resticVault } from "./restic.ts";
import type { ResticPatience } from "./restic-command.ts";
import type { Vault } from "./vault.ts";

export interface VaultDeps {
  /** Where the vault's own programs run: the agent's machine. */
  readonly host: Host;
  /** The agent's data directory. */
  readonly dataDir: string;
  /** How long a repository is waited for. */
  readonly patience?: ResticPatience;
}

/** Gives the vault of a config entry; touches nothing yet. */
export function openVault(config: VaultConfig, deps: VaultDeps): Vault {
  switch (config.jenis) {
    case "restic":
      return resticVault(config, deps);
    case "objects":
      return objectsVault(config, directoryStore(config.direktori), deps.dataDir);
    case "objects-s3": {
      const store = lazyStore(async () => (await import("./s3-store.ts")).s3Store(config));
      return objectsVault(config, store, deps.dataDir);
    }
  }
}
