import { AppError } from "#domain/errors.ts";
import type { Permission } from "../config/target.ts";
import type { AgentConfig, TargetConfig } from "../config.ts";
import { targetOf } from "../context.ts";

/** The target behind an alias, if the operator's own list permits the action on it. Default deny. */
export function configuredTarget(
  config: AgentConfig,
  alias: string,
  action: Permission,
): TargetConfig {
  const target = targetOf(config, alias);
  if (target === null) {
    throw new AppError("WORKFLOW_TARGET", "alias is not in the config", { detail: { alias } });
  }
  if (!target.izin.includes(action)) {
    throw new AppError("AGENT_POLICY", "the config does not permit the action on this target", {
      detail: { alias, action },
    });
  }
  return target;
}
