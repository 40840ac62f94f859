/** What is done to the built site before it is served: one step after the other, each timed in the log. */
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

export function buildSteps(
  steps: readonly BuildStep[],
  settings: Pick<BuildContext, "contentDir" | "origin">,
): AstroIntegration {
  return {
    name: "pulih",
    hooks: {
      "astro:build:done": async ({ dir, logger }) => {
        const context = { ...settings, client: fileURLToPath(dir), logger };
        for (const step of steps) {
          const start = performance.now();
          const done = await step.run(context);
          logger.info(`${step.name}: ${done}, ${Math.round(performance.now() - start)} ms`);
        }
      },
    },
  };
}
