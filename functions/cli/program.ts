import { Command } from "commander";
import { agentCommand } from "./agent.ts";
import { assetCommand } from "./asset.ts";
import { feedbackCommand } from "./feedback.ts";
import { initCommand } from "./init.ts";
import { jobCommand } from "./job.ts";
import { mailCommand } from "./mail.ts";
import { positionCommand, userCommand } from "./people.ts";
import { sopCommand } from "./sop.ts";
import { migrateCommand, rebuildCommand } from "./store.ts";

const TITLES: Readonly<Record<string, string>> = {
  "Usage:": "Pemakaian:",
  "Options:": "Pilihan:",
  "Commands:": "Perintah:",
  "Arguments:": "Masukan:",
};

/** `pulih`: what the admin of a portal does beside its pages. */
export function createProgram(): Command {
  const program = new Command("pulih")
    .description("Mengelola portal Pulih: skema, akun, jabatan, agen, dan proyeksi.")
    .addCommand(migrateCommand())
    .addCommand(userCommand())
    .addCommand(positionCommand())
    .addCommand(agentCommand())
    .addCommand(jobCommand())
    .addCommand(assetCommand())
    .addCommand(feedbackCommand())
    .addCommand(mailCommand())
    .addCommand(rebuildCommand())
    .addCommand(sopCommand())
    .addCommand(initCommand())
    .addHelpText(
      "after",
      [
        "",
        "Pengaturan dibaca dari lingkungan: PULIH_DATA (folder data), PULIH_DATABASE_URL,",
        "PULIH_CONTENT, PULIH_ORIGIN. Setiap perintah menerima --json.",
        "",
        "Contoh:",
        "  pulih user add --surel budi@dinas.go.id --nama 'Budi' < sandi.txt",
        "  pulih agent code --instansi kaltim",
        "  pulih sop lint",
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
    .configureOutput({
      outputError: (text, write) =>
        write(`Perintah belum benar. Baca bantuan dengan --help.\n  ${text}`),
    });
  if (command.commands.length > 0) command.helpCommand(false);
  for (const child of command.commands) localise(child);
}
