import { AppError } from "#domain/errors.ts";
import type { ContentDigest, Manifest, ProofLevel } from "#protocol/manifest.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { differences, sameContent } from "../engines/content-digest.ts";
import type { Engine, EngineIo, SideNames } from "../engines/engine.ts";

/**
 * Proves a side copy before anything depends on it: L3 its content equals the backup's, always; L4
 * and L5 where the operator's config asks for them. Gives the highest level that was looked at and
 * held; a check whose tool is missing is not counted.
 * ENGINE_DIGEST_MISMATCH, ENGINE_DAMAGED, ENGINE_ANSWER; answers stay here, they may be rows.
 */
export async function proveCopy(
  ctx: AgentContext,
  target: TargetConfig,
  engine: Engine,
  names: SideNames,
  manifest: Manifest,
  io: EngineIo,
): Promise<ProofLevel> {
  const content = await engine.digest(target, "side", names, io);
  if (!agrees(ctx, target.alias, manifest.content, content)) {
    throw new AppError("ENGINE_DIGEST_MISMATCH", "side copy differs from the backup");
  }
  let level: ProofLevel = "L3";
  const { fisik, pertanyaan } = target.verifikasi;
  if (fisik) {
    if (await engine.checkPhysically(target, "side", names, io)) level = "L4";
    else ctx.log("no physical check of this target is possible here", { alias: target.alias });
  }
  for (const [index, { tanya, jawab }] of pertanyaan.entries()) {
    const answer = await engine.answer(target, "side", names, tanya, io);
    if (answer.trim() !== jawab.trim()) {
      throw new AppError("ENGINE_ANSWER", "a question was answered otherwise than expected", {
        detail: { alias: target.alias, question: index + 1 },
      });
    }
    level = "L5";
  }
  return level;
}

/** Whether a copy holds what it should; what differs is named in the agent's own log only. */
export function agrees(
  ctx: AgentContext,
  alias: string,
  expected: ContentDigest,
  found: ContentDigest,
): boolean {
  if (sameContent(expected, found)) return true;
  ctx.log("content differs from the backup", {
    alias,
    algorithms: [expected.algorithm, found.algorithm],
    differences: differences(expected, found).slice(0, 20),
  });
  return false;
}
