import type { Command } from "commander";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import {
  diagnoseAgent,
  diagnoseLeftovers,
  diagnosePortal,
  diagnoseTarget,
  diagnoseVault,
  type Finding,
} from "./diagnose.ts";
import { silent } from "./log.ts";
import { openForLooking } from "./open-context.ts";

/** Done, but something wants mending. */
const EXIT_WARNINGS = 3;

export function doctorCommand(): Command {
  return leaf(
    "doctor",
    "Periksa pengaturan, kunci, alat, sasaran, tempat cadangan, jam, dan sisa pemulihan.",
    "pulih-agent doctor --config /etc/pulih/agen.yaml",
  ).action(async (options: StandardOptions) => {
    const config = await configOf(options);
    const ctx = await openForLooking(config, silent);
    const targets = await Promise.all(config.targets.map((target) => diagnoseTarget(ctx, target)));
    const needed = (vault: string): number =>
      Math.max(
        0,
        ...config.targets.map((target, index) =>
          target.vault === vault ? (targets[index]?.facts?.estimatedBytes ?? 0) : 0,
        ),
      );
    const findings: Finding[] = [
      { about: "pengaturan", ok: true, what: "berkas pengaturan sah", mend: null },
      ...(await diagnoseAgent(config)),
      ...(await diagnosePortal(config, () => new Date())),
      ...(await Promise.all(
        config.vaults.map((vault) => diagnoseVault(ctx, vault, needed(vault.alias))),
      )),
      ...targets.map(({ finding }) => finding),
      ...(await diagnoseLeftovers(config)),
    ];
    const ok = findings.every((finding) => finding.ok);
    print(options, { ok, findings }, [...findings.map(sentence), verdict(findings)].join("\n"));
    if (!ok) process.exitCode = EXIT_WARNINGS;
  });
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
