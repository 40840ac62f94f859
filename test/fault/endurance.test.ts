import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyStep } from "./endurance-steps.ts";
import { assertAsModelled, begun, openWorld } from "./endurance-world.ts";

const isFull = process.env["PULIH_FAULT"] === "full";
const RUNS = isFull ? 1_000 : 25;
const STEPS_MAX = isFull ? 25 : 7;
/** The same runs for each change; the full programme goes its own way each time and tells its seed. */
const SEED = isFull ? Date.now() & 0x7fffffff : 20_260_105;
const PER_RUN_MS = 60_000;

describe("whatever happens, in whatever order", () => {
  it(
    "users read what they wrote or what was restored, and every backup that should be there reads back",
    async ({ annotate }) => {
      let actions = 0;
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.commands(anyStep(), { maxCommands: STEPS_MAX, size: "max" }),
          async (steps) => {
            await using world = await openWorld();
            const model = await begun(world);
            await fc.asyncModelRun(() => ({ model, real: world }), steps);
            await assertAsModelled(world, model);
            actions += model.actions;
            runs += 1;
          },
        ),
        { numRuns: RUNS, seed: SEED, endOnFailure: true },
      );
      expect(runs).toBe(RUNS);
      await annotate(`seed ${SEED}: ${runs} runs, ${actions} actions, no violation`);
    },
    RUNS * PER_RUN_MS,
  );
});
