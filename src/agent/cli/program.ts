import { Command } from "commander";
import { backupCommand } from "./backup.ts";
import { backupsCommand } from "./backups.ts";
import { doctorCommand } from "./doctor.ts";
import { drillCommand } from "./drill.ts";
import { enrollCommand } from "./enroll.ts";
import { exitCodesText } from "./exit-codes.ts";
import { recoveryKitCommand } from "./recovery-kit.ts";
import { restoreSideCommand } from "./restore-side.ts";
import { retainCommand } from "./retain.ts";
import { runCommand } from "./run.ts";
import { targetsCommand } from "./targets.ts";
import { verifyCommand } from "./verify.ts";

const TITLES: Readonly<Record<string, string>> = {
  "Usage:": "Pemakaian:",
  "Options:": "Pilihan:",
  "Commands:": "Perintah:",
  "Arguments:": "Masukan:",
};

/** `pulih-agent`: what the operator does on the host of the agent. */
export function createProgram(): Command {
  const program = new Command("pulih-agent")
    .description(
      "Agen Pulih: mencadangkan dan memulihkan data di tempat, atas pekerjaan yang disetujui.",
    )
    .addCommand(runCommand())
    .addCommand(enrollCommand())
    .addCommand(doctorCommand())
    .addCommand(targetsCommand())
    .addCommand(backupsCommand())
    .addCommand(backupCommand())
    .addCommand(verifyCommand())
    .addCommand(drillCommand())
    .addCommand(restoreSideCommand())
    .addCommand(recoveryKitCommand())
    .addCommand(retainCommand())
    .addHelpText(
      "after",
      [
        "",
        "Setiap perintah menerima --config <berkas> (atau variabel PULIH_AGENT_CONFIG) dan --json.",
        "",
        "Contoh:",
        "  pulih-agent doctor --config /etc/pulih/agen.yaml",
        "",
        exitCodesText(),
      ].join("\n"),
    );
  localise(program);
  return program;
}

function localise(command: Command): void {
  command
    .exitOverride()
    .helpOption("-h, --help", "tampilkan bantuan")
    .configureHelp({ styleTitle: (title) => TITLES[title] ?? title })
    // What is wrong is told once, by the entry.
    .configureOutput({ outputError: () => undefined });
  if (command.commands.length > 0) command.helpCommand(false);
  for (const child of command.commands) localise(child);
}
