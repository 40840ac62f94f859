import { defineConfig } from "vitest/config";

/**
 * One project a test level, so that `vitest run --project unit` needs no server.
 * Levels that start real servers run one file at a time: two cores, throw-away daemons.
 */
const level = (name: string, options: { timeoutMs?: number; serial?: boolean } = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeoutMs ?? 5_000,
    hookTimeout: Math.max(options.timeoutMs ?? 0, 20_000),
    fileParallelism: !options.serial,
  },
});

export default defineConfig({
  test: {
    projects: [
      level("unit", { timeoutMs: 30_000 }),
      level("arch", { timeoutMs: 60_000 }),
      level("http", { timeoutMs: 30_000 }),
      level("contract", { timeoutMs: 120_000, serial: true }),
      level("agent", { timeoutMs: 60_000, serial: true }),
      level("fault", { timeoutMs: 120_000, serial: true }),
      level("e2e", { timeoutMs: 180_000, serial: true }),
    ],
  },
});
