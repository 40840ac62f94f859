import { stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import type { BuildStep } from "./steps.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Packages that load native parts or are as large as the agent itself; they stay where npm put them
 * and are read only by an agent that uses them.
 */
const LEFT_IN_PLACE = [/^ssh2(\/|$)/, /^@aws-sdk\//, /^cpu-features$/];

/** The agent as one program without types: it starts with less time and memory than its sources do. */
export const agentProgram: BuildStep = {
  name: "agent",
  async run({ client }) {
    const dir = join(client, "..", "agent");
    const bundle = await rolldown({
      cwd: root,
      input: "src/agent/main.ts",
      platform: "node",
      external: LEFT_IN_PLACE,
      logLevel: "warn",
    });
    try {
      await bundle.write({ dir, format: "esm", cleanDir: true });
    } finally {
      await bundle.close();
    }
    const { size } = await stat(join(dir, "main.js"));
    return `main.js ${size} bytes`;
  },
};
