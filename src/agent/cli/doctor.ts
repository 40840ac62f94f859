import type { Command } from "commander";
import type { AgentConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { vaultAlerts } from "../keep/watch-vaults.ts";
import { loadIdentity, loadKey } from "../key.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { diagnoseAgent, diagnosePortal, diagnoseRestores } from "./diagnose.ts";
import { diagnoseCare, diagnoseTarget } from "./diagnose-target.ts";
import { diagnoseChains, diagnoseVault, lookAtVault } from "./diagnose-vault.ts";
import { EXIT_WARNINGS } from "./exit-codes.ts";
import { type Finding, good } from "./finding.ts";
import { silent } from "./log.ts";
import { openForLooking } from "./open-context.ts";

export function doctorCommand(): Command {
  return leaf(
    "doctor",
    "Periksa pengaturan, kunci, alat, sasaran, tempat cadangan, jam, dan sisa pemulihan; tidak mengubah apa pun.",
    "pulih-agent doctor --config /etc/pulih/agen.yaml",
  ).action(async (options: StandardOptions) => {
    const config = await configOf(options);
    const findings = await diagnose(config, await openForLooking(config, silent));
    const ok = findings.every((finding) => finding.ok);
    print(options, { ok, findings }, [...findings.map(sentence), verdict(findings)].join("\n"));
    if (!ok) process.exitCode = EXIT_WARNINGS;
  });
}

async function diagnose(config: AgentConfig, ctx: AgentContext): Promise<readonly Finding[]> {
  const signer = await signerOf(config, ctx);
  const looks = await Promise.all(config.vaults.map((vault) => lookAtVault(ctx, vault, signer)));
  const backups = looks.flatMap(({ contents }) => contents?.backups ?? []);
  const targets = await Promise.all(
    config.targets.map((target) => diagnoseTarget(ctx, target, backups)),
  );
  const needed = (vault: string): number =>
    Math.max(
      0,
      ...config.targets.map((target, index) =>
        target.vault === vault ? (targets[index]?.facts?.estimatedBytes ?? 0) : 0,
      ),
    );
  const alerts = await vaultAlerts(config, ctx.now());
  const care = config.targets.map((target) => {
    // What the vault itself shows now is told below, in more detail.
    const ofVault = (alerts.get(target.alias) ?? []).filter((alert) => alert === "backups_lost");
    return diagnoseCare(ctx, target, backups, ofVault);
  });
  return [
    good("pengaturan", "berkas pengaturan sah"),
    ...(await diagnoseAgent(config)),
    ...(await diagnosePortal(config, () => new Date())),
    ...looks.map(({ finding }) => finding),
    ...(
      await Promise.all(looks.map((look) => diagnoseVault(ctx, look, needed(look.config.alias))))
    ).flat(),
    ...(await diagnoseChains(ctx, looks)),
    ...targets.flatMap(({ findings }) => findings),
    ...(await Promise.all(care)).flat(),
    ...(await diagnoseRestores(config)),
  ];
}

/** Before enrolment, and without the key, no manifest can be known as this agent's. */
async function signerOf(config: AgentConfig, ctx: AgentContext) {
  const key = await loadKey(config.data).catch(() => null);
  const identity = await loadIdentity(config.data).catch(() => null);
  return {
    name: identity?.agent ?? ctx.key.id,
    publicKey: key?.publicKey ?? ctx.key.publicKey,
  };
}

function sentence({ about, ok, what, mend }: Finding): string {
  return ok
    ? `baik     ${about}: ${what}`
    : `periksa  ${about}: ${what}\n         perbaikan: ${mend ?? ""}`;
}

function verdict(findings: readonly Finding[]): string {
  const count = findings.filter((finding) => !finding.ok).length;
  return count === 0 ? "Agen siap bekerja." : `Ada ${count} hal yang perlu diperbaiki.`;
}
