import type { EngineId } from "#protocol/manifest.ts";
import type { ProgressPhase } from "#protocol/v1.ts";
import type { AgentConfig, PlaceConfig, TargetConfig } from "./config.ts";
import type { Engine } from "./engines/engine.ts";
import type { Host } from "./process/host.ts";
import type { Vault } from "./vault/vault.ts";

/** Everything an agent's work may touch, made once at start; tests make their own. */
export interface AgentContext {
  readonly config: AgentConfig;
  readonly key: {
    readonly id: string;
    readonly privateKey: CryptoKey;
    readonly publicKey: CryptoKey;
  };
  readonly engine: (id: EngineId) => Engine;
  readonly vault: (alias: string) => Vault;
  /** Opens a connection; the caller disposes it. */
  readonly openHost: (place: PlaceConfig) => Promise<Host>;
  readonly now: () => Date;
  readonly newId: () => string;
  /** The agent's own log. */
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
}

/** One run of work for a job (or for the operator, with job null). */
export interface Work {
  readonly job: string | null;
  readonly epoch: number;
  readonly signal: AbortSignal;
  /** Progress for people; free of hosts, rows and credentials. */
  readonly progress: (event: {
    readonly alias: string | null;
    readonly phase: ProgressPhase;
    readonly percent: number | null;
    readonly bytes: number | null;
    readonly message: string;
  }) => void;
  /** Asks the portal whether the lease still holds, right before a swap. Throws JOB_STALE_LEASE. */
  readonly confirmLease: () => Promise<void>;
}

export function targetOf(config: AgentConfig, alias: string): TargetConfig | null {
  return config.targets.find((target) => target.alias === alias) ?? null;
}
