/** What is done to the built site before it is served: one step after the other, each timed in the log. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AstroIntegration, AstroIntegrationLogger } from "astro";

export interface BuildContext {
  /** Folder of the files that are served as they lie. */
  readonly client: string;
  readonly contentDir: string;
  /** Address under which people reach the portal, without a slash at the end. */
  readonly origin: string;
  readonly logger: AstroIntegrationLogger;
}

export interface BuildStep {
  readonly name: string;
  /** Answers what was done, for the log. */
  run(context: BuildContext): Promise<string>;
}

/** What a build took, for those who measure it. */
export interface BuildReport {
  /** From the start of the process until all pages were written. */
  readonly pagesMs: number;
  readonly steps: readonly { readonly name: string; readonly done: string; readonly ms: number }[];
}

interface Settings extends Pick<BuildContext, "contentDir" | "origin"> {
  /** File the report is written to. */
  readonly report: string | null;
}

export function buildSteps(
  steps: readonly BuildStep[],
  { report, ...settings }: Settings,
): AstroIntegration {
  return {
    name: "pulih",
    hooks: {
      "astro:build:done": async ({ dir, logger }) => {
        const pagesMs = Math.round(performance.now());
        const context = { ...settings, client: fileURLToPath(dir), logger };
        const took: BuildReport["steps"][number][] = [];
        for (const step of steps) {
          const start = performance.now();
          const done = await step.run(context);
          const ms = Math.round(performance.now() - start);
          logger.info(`${step.name}: ${done}, ${ms} ms`);
          took.push({ name: step.name, done, ms });
        }
        if (report === null) return;
        await writeFile(report, JSON.stringify({ pagesMs, steps: took } satisfies BuildReport));
      },
    },
  };
}
