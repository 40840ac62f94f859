import { defineConfig } from "vitest/config";
import { FAULT_TAGS } from "./test/fault/faults.ts";

/**
 * One project a test level, so that `vitest run --project unit` needs no server. Two files at a time:
 * each starts throw-away servers of its own on free ports, and mostly waits for them.
 */
const level = (name: string, timeoutMs: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    maxWorkers: 2,
  },
});

export default defineConfig({
  test: {
    tags: [...FAULT_TAGS],
    projects: [
      level("unit", 30_000),
      level("arch", 60_000),
      level("http", 60_000),
      level("contract", 240_000),
      level("agent", 120_000),
      level("fault", 240_000),
      level("e2e", 180_000),
    ],
  },
});
