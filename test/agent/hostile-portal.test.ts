/**
 * A portal that somebody else holds, with its real key: it seals, signs and hands out what it wants. The
 * agent replays what people decided and asks its own files; what does not follow from them is refused,
 * said aloud, and leaves no trace.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EFFECTS } from "#agent/loop/effects.ts";
import { shows } from "../fault/faults.ts";
import { withEvents, withSpec } from "../unit/offer-verdict.ts";
import { actor, approvedParts, type OfferParts } from "./approved-offer.ts";
import { type FakePortal, startPortal } from "./fake-portal.ts";
import { openWorkshop, ROW_SECRET, type Workshop } from "./workshop.ts";

const at = new Date();
const DAY_MS = 86_400_000;

interface Site extends AsyncDisposable {
  readonly portal: FakePortal;
  readonly shop: Workshop;
  /** Of a restore that people approved, of the backup that is there. */
  readonly parts: OfferParts;
  /** All bytes of the vault, file by file. */
  stored(): Promise<string[]>;
  /** All bytes of the target and the vault. */
  bytes(): Promise<unknown>;
}

/** An agent with one backup, and users who wrote since. */
async function site(): Promise<Site> {
  await using stack = new AsyncDisposableStack();
  const portal = stack.use(await startPortal());
  const shop = stack.use(await openWorkshop(portal));
  const idle = { job: null, epoch: 0, signal: new AbortController().signal };
  const work = { ...idle, progress: () => undefined, confirmLease: async () => undefined };
  const { summary } = await EFFECTS.backup(shop.ctx, work, "db");
  const parts = await approvedParts({
    at,
    action: "restore",
    choices: [{ alias: "db", backup: summary.id }],
    manifests: { [summary.id]: summary.manifest },
  });
  const rest = stack.move();
  const stored = async (): Promise<string[]> => {
    const vault = join(shop.directory, "brankas");
    const names = await readdir(vault, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile());
    const read = files.map(({ parentPath, name }) => readFile(join(parentPath, name), "hex"));
    return (await Promise.all(read)).sort();
  };
  return {
    portal,
    shop,
    parts,
    stored,
    bytes: async () => [await readFile(shop.database, "hex"), ...(await stored())],
    [Symbol.asyncDispose]: () => rest[Symbol.asyncDispose](),
  };
}

/** Offered, it is refused for this reason and with an alarm; nothing was begun, written or told. */
async function assertRefused(one: Site, parts: OfferParts, reason: string): Promise<void> {
  const { portal, shop } = one;
  const before = await one.bytes();
  const agent = shop.start();
  portal.offer(parts);
  const refusal = await portal.until("a refusal", () => portal.job(parts.spec.job).refusal);
  await agent.end();
  expect(refusal.reason).toBe(reason);
  const { startIds, events, results } = portal.job(parts.spec.job);
  expect({ startIds, events, results }).toEqual({ startIds: [], events: [], results: [] });
  expect(shop.logged.filter((line) => line.includes('"offer refused"'))).toHaveLength(1);
  expect(await readdir(join(shop.config.data, "journal")).catch(() => [])).toEqual([]);
  expect(await one.bytes()).toEqual(before);
  const sent = portal.bodies.map((body) => {
    const { payload } = JSON.parse(body) as { payload: string };
    return Buffer.from(payload, "base64url").toString();
  });
  for (const secret of [ROW_SECRET, shop.vaultSecret, shop.database]) {
    expect([...sent, ...shop.logged].join("\n")).not.toContain(secret);
  }
}

describe("a job that was altered on its way or in the portal's database", () => {
  test.each<[string, string, (parts: OfferParts) => OfferParts | Promise<OfferParts>]>([
    [
      "its target, after it was approved",
      "digest_differs",
      (parts) => ({ ...parts, specText: parts.specText.replace('"db"', '"lain"') }),
    ],
    [
      "its backup, with a digest that fits but nobody approved",
      "digest_differs",
      (parts) => withSpec(parts, { choices: [{ alias: "db", backup: "lain" }] }, false),
    ],
    [
      "its manifest, approved anew by nobody who may",
      "manifest_differs",
      (parts) =>
        withSpec(
          parts,
          {
            manifests: Object.fromEntries(
              Object.keys(parts.spec.manifests).map((id) => [id, "0".repeat(64)]),
            ),
          },
          true,
        ),
    ],
  ])("%s, is refused: %s", { tags: shows("agent", 15) }, async (_what, reason, alter) => {
    await using one = await site();
    await assertRefused(one, await alter(one.parts), reason);
  });
});

describe("a job without the approvals that its SOP asks for", () => {
  test.each<[string, string, () => Promise<OfferParts>]>([
    [
      "that was approved by the very person who asked for it",
      "same_person",
      async () =>
        withEvents(await approvedParts({ at, action: "rollback" }), (events) =>
          events.map((event) =>
            event.type === "follow_up_approved" ? { ...event, by: actor("sari", "kabid") } : event,
          ),
        ),
    ],
    [
      "that somebody approved who may not",
      "not_approved",
      async () =>
        withEvents(await approvedParts({ at }), (events) =>
          events.map((event) =>
            event.type === "act_performed" && event.act === "putuskan"
              ? { ...event, by: actor("pemohon:1", "pemohon") }
              : event,
          ),
        ),
    ],
    [
      "whose approval was taken back before the start",
      "not_approved",
      async () =>
        withEvents(await approvedParts({ at }), (events) => [
          ...events,
          {
            type: "cancelled",
            by: actor("pemohon:1", "pemohon"),
            content: { id: "c2", commitment: "c".repeat(64) },
          },
        ]),
    ],
  ])(
    "%s is refused although the portal offers it",
    {
      tags: shows("agent", 16),
    },
    async (_what, reason, change) => {
      await using one = await site();
      await assertRefused(one, await change(), reason);
    },
  );
});

describe("a portal in an attacker's hand", () => {
  test.each<[string, string, (one: Site) => OfferParts | Promise<OfferParts>]>([
    [
      "nobody approved",
      "not_approved",
      ({ parts }) => withEvents(parts, (events) => events.slice(0, 1)),
    ],
    [
      "is of a target it never heard of",
      "target_unknown",
      () => approvedParts({ at, choices: [{ alias: "gaji", backup: null }] }),
    ],
    [
      "pins a backup of its own making",
      "manifest_differs",
      () =>
        approvedParts({
          at,
          action: "restore",
          choices: [{ alias: "db", backup: "buatan" }],
          manifests: { buatan: "1".repeat(64) },
        }),
    ],
  ])("gets no job run that %s", { tags: shows("agent", 17) }, async (_what, reason, forge) => {
    await using one = await site();
    await assertRefused(one, await forge(one), reason);
  });

  test("may delay, and has no message by which data are read or backups deleted", {
    tags: shows("agent", 17),
  }, async () => {
    await using one = await site();
    const { portal, shop } = one;
    const stored = await one.stored();
    const agent = shop.start();
    await portal.until("a held poll", () => portal.polls[0]);
    const asked = ["delete", "read", "prune", "forget"].map((action) => ({ action, alias: "db" }));
    let answered = 0;
    portal.trouble = (route, response, request) => {
      if (route !== "/poll" || answered > 0) return false;
      answered += 1;
      request.resume();
      const now = new Date().toISOString();
      const answer = { now, offers: [], cancels: [], fenced: [], commands: asked };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
      return true;
    };
    portal.forgetSessions();
    // Whatever it was told, the agent is at work as before.
    await portal.until("polls go on", () => answered === 1 && portal.polls.length > 1);
    portal.offer(one.parts);
    const { result } = await portal.until("the job", () => portal.job("job-1").results[0]);
    await agent.end();
    expect(result.outcome).toBe("succeeded");
    expect(
      (await EFFECTS.list(shop.ctx, null)).map(({ summary }) => summary.purpose).sort(),
    ).toEqual(["backup", "safety"]);
    expect(await one.stored()).toEqual(expect.arrayContaining(stored));
  });
});

describe("clocks that are days apart", () => {
  test.each([
    [-2, "outside_window"],
    [2, "clock_skew"],
  ])(
    "by %s days let no job run outside its time window",
    {
      tags: shows("agent", 18),
    },
    async (days, reason) => {
      await using one = await site();
      const { portal, shop } = one;
      const before = await one.bytes();
      const parts = await approvedParts({
        at: new Date(at.getTime() + days * DAY_MS),
        notAfter: new Date(at.getTime() + days * DAY_MS + 3_600_000),
      });
      await assertRefused(one, parts, reason);
      expect(await one.bytes()).toEqual(before);
      expect(portal.job("job-1").results).toEqual([]);
      expect(await EFFECTS.list(shop.ctx, null)).toHaveLength(1);
    },
  );
});
