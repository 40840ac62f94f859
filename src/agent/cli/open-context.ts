import { randomUUID } from "node:crypto";
import { AppError, invariant } from "#domain/errors.ts";
import type { AgentConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { ENGINES } from "../engines/registry.ts";
import { type AgentKey, type Identity, loadIdentity, loadKey } from "../key.ts";
import { localHost } from "../process/local.ts";
import { openVault } from "../vault/registry.ts";
import type { Vault } from "../vault/vault.ts";
import type { Log } from "./log.ts";

export interface Enrolled {
  readonly key: AgentKey;
  readonly identity: Identity;
}

/** Key and name of this agent. AGENT_UNKNOWN before enrolment. */
export async function enrolled(config: AgentConfig): Promise<Enrolled> {
  const [key, identity] = [await loadKey(config.data), await loadIdentity(config.data)];
  if (!key || !identity) throw new AppError("AGENT_UNKNOWN", "this data folder has no identity");
  return { key, identity };
}

/** What the agent's work may touch, of this machine and this config. */
export function openContext(config: AgentConfig, key: AgentContext["key"], log: Log): AgentContext {
  const host = localHost();
  const vaults = new Map<string, Vault>();
  for (const vault of config.vaults) {
    vaults.set(vault.alias, openVault(vault, { host, dataDir: config.data }));
  }
  return {
    config,
    key,
    engine: (id) => ENGINES[id],
    vault(alias) {
      const vault = vaults.get(alias);
      invariant(vault, `vault ${alias} is in the config`);
      return vault;
    },
    async openHost(place) {
      if (place.jenis === "lokal") return localHost();
      // Loaded where it is used: an agent without remote targets spares its memory.
      const { sshHost } = await import("../ssh/host.ts");
      return sshHost(place);
    },
    now: () => new Date(),
    newId: randomUUID,
    log,
  };
}

/** The context of an enrolled agent. */
export async function openEnrolled(config: AgentConfig, log: Log): Promise<AgentContext> {
  const { key, identity } = await enrolled(config);
  return openContext(config, { ...key, id: identity.agent }, log);
}

/** For looking only: a key of the moment, so that nothing can be signed in the agent's name. */
export async function openForLooking(config: AgentConfig, log: Log): Promise<AgentContext> {
  const pair = (await crypto.subtle.generateKey("Ed25519", false, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  return openContext(config, { id: "tanpa-nama", ...pair }, log);
}
