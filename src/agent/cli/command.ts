import { Command, Option } from "commander";
import { AppError } from "#domain/errors.ts";
import type { AgentConfig } from "../config.ts";
import { loadConfig } from "../load-config.ts";
import { exitCodesText } from "./exit-codes.ts";

export interface StandardOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** A command as every one of the agent is: config, JSON, help with an example. */
export function leaf(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .addOption(
      new Option("--config <berkas>", "berkas pengaturan agen (YAML)").env("PULIH_AGENT_CONFIG"),
    )
    .option("--json", "jawab sebagai satu objek JSON")
    .addHelpText("after", `\nContoh:\n  ${example}\n\n${exitCodesText()}`);
}

/** The config a command was given. INPUT_CONFIG without one. */
export async function configOf(options: StandardOptions): Promise<AgentConfig> {
  return loadConfig(configFile(options));
}

/** Path of the config a command was given. INPUT_CONFIG without one. */
export function configFile(options: StandardOptions): string {
  if (options.config !== undefined) return options.config;
  throw new AppError("INPUT_CONFIG", "no config was named", {
    problems: [
      {
        field: "--config",
        pesan:
          "sebutkan berkas pengaturan dengan --config <berkas> atau variabel PULIH_AGENT_CONFIG",
      },
    ],
  });
}

/** The answer of a command: for programs whole, for people in words. */
export function print(options: StandardOptions, answer: unknown, words: string): void {
  process.stdout.write(`${options.json ? JSON.stringify(answer) : words}\n`);
}
