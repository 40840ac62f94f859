import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import { Offer } from "#protocol/v1.ts";
import { actor, approvedParts, type OfferParts, offerOf } from "../agent/approved-offer.ts";
import { shows } from "../fault/faults.ts";
import {
  nonce,
  now,
  offered,
  outside,
  reason,
  restoreWish,
  verdict,
  withEvents,
  withSpec,
} from "./offer-verdict.ts";

describe("an offer that people approved under its SOP", () => {
  test("is accepted for a backup, a restore and a check", async () => {
    expect(await reason(await approvedParts())).toBe("ok");
    expect(await reason(await approvedParts(restoreWish))).toBe("ok");
    expect(await reason(await approvedParts({ ...restoreWish, action: "check" }))).toBe("ok");
  });

  test("is accepted for a preview, a rollback and a drop", async () => {
    for (const wish of outside) expect(await reason(await approvedParts(wish))).toBe("ok");
  });

  test("gives the spec, the SOP and the state that its events lead to", async () => {
    const parts = await approvedParts(restoreWish);
    const answer = await verdict(await offered(parts));
    expect(answer).toMatchObject({
      ok: true,
      spec: parts.spec,
      sop: { slug: "contoh" },
      state: { act: "laksana", jobs: { laksana: { phase: "started", digest: parts.digest } } },
    });
  });
});

describe("a ticket", () => {
  test("must be signed by the server", async () => {
    const other = (await crypto.subtle.generateKey("Ed25519", true, [
      "sign",
      "verify",
    ])) as CryptoKeyPair;
    const parts = await approvedParts();
    const offer = await offerOf(parts, { serverKey: other.privateKey, nonce, now });
    expect(await verdict(offer)).toMatchObject({ ok: false, reason: "bad_signature" });
  });

  test("must be for this agent, this poll, this job, digest and epoch, and not be over", async () => {
    const parts = await approvedParts();
    expect(await reason(parts, { agentId: "agent-2" })).toBe("not_for_me");
    expect(await reason(parts, { nonce: "nonce-of-an-earlier-poll" })).toBe("wrong_nonce");
    expect(await reason(parts, { now: new Date(now.getTime() + 60_000) })).toBe("ticket_expired");
    const [offer, other] = [
      await offered(parts),
      await offered(await approvedParts({ job: "job-2" })),
    ];
    expect(await verdict({ ...other, ticket: offer.ticket })).toMatchObject({
      reason: "bad_signature",
    });
    expect(await verdict({ ...offer, epoch: 2 })).toMatchObject({ reason: "bad_signature" });
  });

  test("does not start a job twice nor take an older epoch than seen", {
    tags: shows("agent", 14),
  }, async () => {
    const parts = await approvedParts();
    expect(await reason(parts, { startedJobs: new Set(["job-1"]) })).toBe("already_started");
    expect(await reason(parts, { lastEpoch: 1 })).toBe("ticket_expired");
  });
});

describe("a job spec", () => {
  test("must be the very bytes that were approved", async () => {
    const parts = await approvedParts(restoreWish);
    const elsewhere = await withSpec(
      parts,
      { choices: [{ alias: "berkas", backup: "b1" }] },
      false,
    );
    expect(await reason(elsewhere)).toBe("digest_differs");
    const offer = await offered(parts);
    expect(await verdict({ ...offer, spec: `${offer.spec} ` })).toMatchObject({
      reason: "digest_differs",
    });
  });

  test("must name the choices that were made, even where its digest was approved", async () => {
    const parts = await approvedParts(restoreWish);
    const elsewhere = await withSpec(parts, { choices: [{ alias: "berkas", backup: "b1" }] }, true);
    expect(await reason(elsewhere)).toBe("not_approved");
  });

  test("must be for this agent, inside its window, of known fields, and destructive where it is", {
    tags: shows("agent", 18),
  }, async () => {
    const parts = await approvedParts(restoreWish);
    const changed = async (change: object) => reason(await withSpec(parts, change, true));
    // The ticket names the agent too, so only the spec differs here.
    const foreign = await withSpec(parts, { agent: "agent-2" }, true);
    expect(await verdict({ ...(await offered({ ...foreign, spec: parts.spec })) })).toMatchObject({
      reason: "not_for_me",
    });
    expect(await changed({ notAfter: "2026-08-03T02:59:59.000Z" })).toBe("outside_window");
    expect(await changed({ createdAt: "2026-08-03T03:02:01.000Z" })).toBe("clock_skew");
    expect(await changed({ destructive: false })).toBe("malformed");
    expect(await changed({ force: true })).toBe("malformed");
  });

  test("must pin the manifest that lies in the vault, for that very target", async () => {
    expect(await reason(await approvedParts({ ...restoreWish, manifests: {} }))).toBe("malformed");
    expect(await reason(await approvedParts(restoreWish), { knownManifest: () => null })).toBe(
      "manifest_differs",
    );
    const other = await approvedParts({ ...restoreWish, manifests: { b1: "e".repeat(64) } });
    expect(await reason(other)).toBe("manifest_differs");
  });
});

describe("the agent's own allow-list", () => {
  test("refuses what it does not name, whatever people approved", async () => {
    const choices = (alias: string) => ({ choices: [{ alias, backup: null }] });
    expect(await reason(await approvedParts(choices("lain")))).toBe("target_unknown");
    expect(await reason(await approvedParts(choices("berkas")))).toBe("local_policy");
    const onlyBackup = (_: string, action: string) => action === "backup";
    for (const wish of [restoreWish, ...outside]) {
      expect(await reason(await approvedParts(wish), { policy: onlyBackup })).toBe("local_policy");
    }
  });
});

describe("a chain of decisions made anew with whole hashes", () => {
  test("is refused when an approval is missing, moved or doubled", async () => {
    for (const wish of [restoreWish, ...outside]) await tamperWith(await approvedParts(wish));
  });

  async function tamperWith(parts: OfferParts): Promise<void> {
    const count = parts.events.length;
    for (let index = 0; index < count; index++) {
      const without = withEvents(parts, (events) => events.toSpliced(index, 1));
      expect(await reason(without), `without event ${index}`).not.toBe("ok");
      const doubled = withEvents(parts, (events) =>
        events.toSpliced(index, 0, ...events.slice(index, index + 1)),
      );
      expect(await reason(doubled), `event ${index} doubled`).not.toBe("ok");
      for (let other = 0; other < index; other++) {
        const swapped = withEvents(parts, (events) => {
          const [a, b] = [events[other], events[index]];
          return a && b ? events.with(other, b).with(index, a) : events;
        });
        expect(await reason(swapped), `events ${other} and ${index} swapped`).not.toBe("ok");
      }
    }
  }

  test("is refused when somebody decided who does not hold the position", async () => {
    for (const wish of [restoreWish, ...outside]) {
      const parts = await approvedParts(wish);
      for (const [index, event] of parts.events.entries()) {
        if (!("by" in event)) continue;
        const stranger = withEvents(parts, (events) =>
          events.with(index, { ...event, by: actor("x", "tukang-kebun") } as WorkflowEvent),
        );
        expect(await reason(stranger), event.type).toBe("not_approved");
      }
    }
  });

  test("is refused when doer and checker are one person where the SOP separates them", async () => {
    const { sop: text, ...rest } = await approvedParts(restoreWish);
    const sop = JSON.parse(text);
    sop.langkah[2].tindakan[1].bedaOrangDari = ["rencana"];
    const strict = canonicalJson(sop);
    const digest = await sha256Hex(strict);
    const pinned = await withSpec(
      { ...rest, sop: strict },
      { sop: { slug: "contoh", digest } },
      true,
    );
    const parts = withEvents(pinned, ([first, ...later]) =>
      first?.type === "submitted"
        ? [{ ...first, sop: { slug: "contoh", digest } }, ...later]
        : later,
    );
    expect(await reason(parts)).toBe("same_person");
    const apart = withEvents(parts, (events) =>
      events.map((event) =>
        event.type === "job_started" ? { ...event, by: actor("tono", "teknisi") } : event,
      ),
    );
    expect(await reason(apart)).toBe("ok");
  });

  test("is refused when an act that looks at a backup was made to restore it", async () => {
    const check = await approvedParts({ ...restoreWish, action: "check" });
    const forged = await withSpec(check, { action: "restore", destructive: true }, true);
    const events = forged.events.map((event) =>
      event.type === "job_started" ? { ...event, action: "restore" as const } : event,
    );
    expect(await reason({ ...forged, events })).toBe("not_approved");
  });

  test("is refused after the job ended, the request was returned, refused or cancelled", async () => {
    const parts = await approvedParts(restoreWish);
    const content = { id: "c2", commitment: "c".repeat(64) };
    const later: WorkflowEvent[] = [
      { type: "job_finished", job: "job-1", outcome: "failed", result: "f".repeat(64) },
      {
        type: "returned",
        from: "laksana",
        to: "putuskan",
        by: actor("sari", "teknisi"),
        content,
      },
      {
        type: "refused",
        act: "laksana",
        by: actor("sari", "teknisi"),
        reason: "lainnya",
        content,
      },
      { type: "cancelled", by: actor("pemohon:1", "pemohon"), content },
      { type: "completed" },
    ];
    for (const event of later) {
      expect(await reason(withEvents(parts, (events) => [...events, event])), event.type).toBe(
        "not_approved",
      );
    }
  });

  test("is refused under another SOP than the request was submitted with", async () => {
    const parts = await approvedParts();
    const looser = canonicalJson({ ...JSON.parse(parts.sop), maksPengembalian: 99 });
    const pinned = await withSpec(
      { ...parts, sop: looser },
      { sop: { slug: "contoh", digest: await sha256Hex(looser) } },
      true,
    );
    expect(await reason(pinned)).toBe("digest_differs");
    expect(await reason({ ...parts, sop: looser })).toBe("digest_differs");
  });
});

describe("a mutated offer", () => {
  const wishes = [restoreWish, ...outside].map((wish) => [wish.action, wish] as const);

  test.each(wishes)(
    "to %s is never accepted, whatever character is changed, dropped or added",
    async (_, wish) => {
      const whole = await offered(await approvedParts(wish));
      const paths = textPaths(whole);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...paths),
          fc.nat(),
          fc.constantFrom("change", "drop", "add" as const),
          fc.constantFrom(...'abcdef0123456789ABCxyz{}[],:"_-. \u0000é'),
          async (path, at, kind, letter) => {
            const text = String(at_(whole, path));
            const index = at % text.length;
            const kept = kind === "add" ? index : index + 1;
            const changed =
              text.slice(0, index) + (kind === "drop" ? "" : letter) + text.slice(kept);
            fc.pre(changed !== text && !isSameTicket(path, text, changed));
            const mutated = Offer.safeParse(put(whole, path, changed));
            if (!mutated.success) return;
            const answer = await verdict(mutated.data);
            expect(answer.ok, `${path.join(".")} became ${changed.slice(0, 200)}`).toBe(false);
          },
        ),
        { numRuns: 1_500 },
      );
    },
    60_000,
  );

  test.each(wishes)(
    "to %s is never accepted, whatever value in its events is changed",
    async (_, wish) => {
      const parts = await approvedParts(wish);
      const paths = textPaths(parts.events).filter((path) => !isMeaningless(path));
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...paths),
          fc.constantFrom(
            "",
            "x",
            "sari",
            "budi",
            "pemohon",
            "kabid",
            "laksana",
            "backup",
            "rollback",
            "drop",
            "Tidak",
            "job-0",
            "job-1",
            "job-2",
            "b2",
          ),
          async (path, value) => {
            fc.pre(at_(parts.events, path) !== value);
            // Another doer of the same position is another approval, not a forged one.
            fc.pre(path.at(-1) !== "person");
            // A preview looks at what is fixed, whatever the order's own name, as long as it is not its own.
            fc.pre(!isNameOfFrozen(parts, path) || value === parts.spec.job);
            const mutated = put(parts.events, path, value) as WorkflowEvent[];
            const offer = await offered({ ...parts, events: mutated }).catch(() => null);
            if (!offer) return;
            expect((await verdict(offer)).ok, `${path.join(".")} became ${value}`).toBe(false);
          },
        ),
        { numRuns: 1_000 },
      );
    },
    60_000,
  );
});

type Path = readonly (string | number)[];

/** Paths of all texts in a value, except the lease, which the agent does not rely on. */
function textPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === "string") return path.at(-1) === "leaseUntil" ? [] : [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    textPaths(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function at_(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

function put(value: unknown, path: Path, text: string): unknown {
  const copy = structuredClone(value);
  const parent = at_(copy, path.slice(0, -1)) as Record<string, unknown>;
  parent[String(path.at(-1))] = text;
  return copy;
}

/** Content lies outside the events, plt. and plh. hold the position like its holder, a pemohon holds none. */
function isMeaningless(path: Path): boolean {
  const ofRequester = path[0] === 0 && path.at(-1) === "jabatan";
  return path.includes("content") || path.at(-1) === "capacity" || ofRequester;
}

function isNameOfFrozen({ spec, events }: OfferParts, [at, key]: Path): boolean {
  const frozen = events[Number(at)]?.type === "job_frozen";
  return frozen && key === "job" && spec.action === "preview";
}

/** The last character of a base64url part may hold unused bits. */
function isSameTicket(path: Path, one: string, other: string): boolean {
  const bytes = (text: string) =>
    text
      .split(".")
      .map((part) => Buffer.from(part, "base64url").toString("hex"))
      .join(".");
  return path[0] === "ticket" && bytes(one) === bytes(other);
}
