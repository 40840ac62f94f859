import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { readSettings } from "../env.ts";
import type { Deps } from "../services/deps.ts";
import { openDeps } from "../start.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A command of the CLI; every one can answer in JSON. */
export function leaf(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--json", "jawab sebagai satu objek JSON");
}

/** Opens the portal's data for one command, prints its answer, closes. */
export async function run<T>(
  options: { readonly json?: boolean },
  work: (deps: Deps) => Promise<T>,
  show: (answer: T) => string,
): Promise<void> {
  const settings = readSettings(process.env, root);
  const opened = await openDeps(settings, settings.origin ?? "http://localhost", {
    log: () => undefined,
  });
  try {
    const answer = await work(opened.deps);
    process.stdout.write(`${options.json ? JSON.stringify(answer) : show(answer)}\n`);
  } finally {
    opened.close();
  }
}
