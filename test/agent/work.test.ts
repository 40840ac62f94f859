import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { canonicalJson, type Json, sha256Hex } from "#domain/trust/canonical.ts";
import { shows } from "../fault/faults.ts";
import { approvedParts } from "./approved-offer.ts";
import { startPortal } from "./fake-portal.ts";
import { openWorkshop, ROW_SECRET, ROWS } from "./workshop.ts";

const at = new Date();

describe("an approved job", () => {
  test("is taken from a held poll, run on real data and reported with a signed result", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start();
    await portal.until("a held poll with a catalog", () =>
      portal.polls.some((poll) => poll.capacity === 1),
    );
    expect(portal.polls[0]?.catalog).toMatchObject({
      targets: [{ alias: "db", engine: "sqlite", actions: ["backup", "restore", "check"] }],
      backups: [],
    });

    portal.offer(await approvedParts({ at }));
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    const { parts, events, startIds } = portal.job("job-1");
    expect(result).toMatchObject({
      agent: "agent-1",
      job: "job-1",
      epoch: 1,
      digest: parts.digest,
      outcome: "succeeded",
      error: null,
      targets: [{ alias: "db", engine: "sqlite", restore: null, check: null }],
    });
    expect(new Set(startIds).size).toBe(1);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map((event) => event.phase)).toEqual(
      expect.arrayContaining(["preflight", "dump", "commit", "check", "done"]),
    );
    expect(result.log).toBe(await sha256Hex(canonicalJson(events as unknown as Json)));

    const backup = result.targets[0]?.backup;
    const listed = await portal.until("the backup in the catalog", () =>
      portal.polls
        .flatMap((poll) => poll.catalog?.backups ?? [])
        .find((one) => one.id === backup?.id),
    );
    expect(listed).toEqual(backup);
    await agent.end();
  });

  test("restores what a backup holds, and a check reads it, by the manifests that were pinned", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start();
    portal.offer(await approvedParts({ at }));
    const backed = await portal.until("the backup", () => portal.job("job-1").results[0]);
    const backup = backed.result.targets[0]?.backup;
    const pinned = {
      choices: [{ alias: "db", backup: backup?.id ?? "" }],
      manifests: { [backup?.id ?? ""]: backup?.manifest ?? "" },
    };
    const db = new DatabaseSync(shop.database);
    db.exec("DELETE FROM warga WHERE id > 10");
    db.close();

    portal.offer(
      await approvedParts({ at, job: "job-2", request: "req-2", action: "check", ...pinned }),
    );
    const checked = await portal.until("the check", () => portal.job("job-2").results[0]);
    expect(checked.result).toMatchObject({
      outcome: "succeeded",
      targets: [{ check: { readable: true } }],
    });
    portal.offer(
      await approvedParts({ at, job: "job-3", request: "req-3", action: "restore", ...pinned }),
    );
    const restored = await portal.until("the restore", () => portal.job("job-3").results[0]);
    expect(restored.result).toMatchObject({
      outcome: "succeeded",
      targets: [
        { restore: { digestsEqual: true, expected: backup?.content, liveAfter: backup?.content } },
      ],
    });
    expect(restored.result.targets[0]?.restore?.liveBefore).not.toBe(backup?.content);
    expect(shop.rows()).toBe(ROWS);
    await agent.end();
  });

  test("that was started once is refused when it is delivered again, and not run again", {
    tags: shows("agent", 14),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start();
    portal.offer(await approvedParts({ at }));
    await portal.until("the result", () => portal.job("job-1").results[0]);
    const vault = await readdir(join(shop.directory, "brankas"), { recursive: true });
    portal.release("job-1");
    const refusal = await portal.until("the refusal", () => portal.job("job-1").refusal);
    expect(refusal.reason).toBe("already_started");
    await agent.end();
    expect(portal.job("job-1").results).toHaveLength(1);
    expect(await readdir(join(shop.directory, "brankas"), { recursive: true })).toEqual(vault);
  });

  test("that the agent's own list does not permit is refused with the reason", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start();
    portal.offer(await approvedParts({ at, choices: [{ alias: "lain", backup: null }] }));
    const refusal = await portal.until("the refusal", () => portal.job("job-1").refusal);
    expect(refusal).toMatchObject({ reason: "target_unknown" });
    await agent.end();
  });

  test("that fails is reported with its code and the agent takes the next one", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const db = new DatabaseSync(shop.database);
    db.close();
    const agent = shop.start({
      effects: {
        backup: async () => {
          throw new TypeError(`cannot read ${ROW_SECRET}`);
        },
      },
    });
    portal.offer(await approvedParts({ at }));
    const first = await portal.until("the failure", () => portal.job("job-1").results[0]);
    expect(first.result).toMatchObject({
      outcome: "failed",
      error: { code: "INTERNAL", alias: "db" },
      targets: [],
    });
    portal.offer(await approvedParts({ at, job: "job-2", request: "req-2" }));
    await portal.until("the next result", () => portal.job("job-2").results[0]);
    await agent.end();
    expect(shop.logged.join("\n")).not.toContain(ROW_SECRET);
  });

  test("leaves neither keys nor rows in the log, the journal or what is sent", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start();
    portal.offer(await approvedParts({ at }));
    await portal.until("the result", () => portal.job("job-1").results[0]);
    await agent.end();
    const sent = portal.bodies.map((body) => {
      const { payload } = JSON.parse(body) as { payload: string };
      return Buffer.from(payload, "base64url").toString();
    });
    const all = [...shop.logged, ...sent].join("\n");
    for (const secret of [ROW_SECRET, shop.vaultSecret, shop.database, '"d":']) {
      expect(all).not.toContain(secret);
    }
  });
});
