import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "../fault/faults.ts";
import { command, MAIN, startAgent, startNode } from "./agent-process.ts";
import { approvedParts } from "./approved-offer.ts";
import { startPortal } from "./fake-portal.ts";
import { furnish } from "./workshop.ts";

const LOADED = fileURLToPath(new URL("./mortal-ledger.ts", import.meta.url));
const isFull = process.env["PULIH_FAULT"] === "full";
/** Two around each: intent, its folder, start, finish, acked. What comes after one comes before the next. */
const POINTS = isFull ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [5, 7];
/** Up to here the gate was not asked: the job is still anybody's. */
const BEFORE_GATE = 4;
/** From here on the portal's word that it knows is written. */
const TOLD = 9;

describe("an agent killed around the lines of its journal", () => {
  test.each(POINTS)(
    "at point %s of 10 tells one end, and has done the work once at most",
    {
      tags: shows("agent", 6),
    },
    async (point) => {
      await using dir = await tempDir();
      await using portal = await startPortal();
      const { config } = await furnish(dir.path, portal.base);
      const file = join(dir.path, "agen.yaml");
      await writeFile(file, stringify(config), { mode: 0o600 });
      expect((await command("enroll", "--config", file, "--kode", "KODE-BENAR")).code).toBe(0);
      portal.offer(await approvedParts({ at: new Date() }));
      const run = ["run", "--config", file];
      await using first = startNode(["--import", LOADED, MAIN, ...run], {
        PULIH_TEST_POINT: String(point),
      });
      expect((await first.ended).signal).toBe("SIGKILL");
      if (point <= BEFORE_GATE) portal.release("job-1");

      await using second = startAgent(...run);
      const { result } = await portal.until("a result", () => portal.job("job-1").results[0]);
      // Once the last line is written there is nothing to tell again.
      const word = point < TOLD ? "result delivered" : "session opened";
      await eventually(word, () => second.stderr.includes(word), 30_000);
      second.signal("SIGTERM");
      await second.ended;
      const { results } = portal.job("job-1");
      expect(new Set(results.map(({ bytes }) => bytes)).size).toBe(1);
      const ended = await command("backups", "--config", file, "--json");
      const { backups } = JSON.parse(ended.stdout) as { backups: unknown[] };
      expect(backups.length).toBeLessThanOrEqual(1);
      if (result.outcome === "succeeded") expect(backups).toHaveLength(1);
      else expect(result.error?.code).toBe("JOB_INTERRUPTED");
    },
  );
});
