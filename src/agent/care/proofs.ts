import { openEnvelope } from "#domain/trust/dsse.ts";
import { DRILL_TYPE, DrillRecord, type ProofLevel } from "#protocol/manifest.ts";
import type { AgentContext } from "../context.ts";
import { keptRecords } from "./drill-store.ts";
import { readState } from "./state.ts";

export interface BackupProof {
  readonly level: ProofLevel;
  readonly at: string;
}

/** How far each backup was proved by being restored, as far as this agent remembers. By backup id. */
export async function provenBackups(ctx: AgentContext): Promise<ReadonlyMap<string, BackupProof>> {
  const proofs = new Map<string, BackupProof>();
  const add = (backup: string, proof: BackupProof): void => {
    const known = proofs.get(backup);
    if (!known || known.level < proof.level) proofs.set(backup, proof);
  };
  for (const envelope of await keptRecords(ctx.config.data)) {
    const payload = await openEnvelope(ctx.key.publicKey, DRILL_TYPE, envelope);
    if (payload === null) continue;
    const record = DrillRecord.parse(JSON.parse(new TextDecoder().decode(payload)));
    if (record.ok) add(record.backup, { level: record.level, at: record.finishedAt });
  }
  for (const { alias } of ctx.config.targets) {
    const last = (await readState(ctx.config.data, alias))?.lastProof;
    if (last) add(last.backup, { level: last.level, at: last.at });
  }
  return proofs;
}
