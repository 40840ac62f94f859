/** Orders that are not what people approved, whoever altered them: refused, told, and nothing done. */
import { and, eq, like, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { outbox } from "#db/schema/notices.ts";
import { requestEvents } from "#db/schema/requests.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import { readyJob } from "#functions/services/jobs/ready-job.ts";
import { type MailServer, startMailServer } from "#support/mail-server.ts";
import type { Official } from "#support/server.ts";
import { shows } from "../fault/faults.ts";
import { openAdmin } from "./admin-desk.ts";
import { idOf, rewriteEvents } from "./altered-orders.ts";
import { eventCount } from "./office.ts";
import { RestoreDesk } from "./restore-desk.ts";

let mail: MailServer;
let desk: RestoreDesk;
let admin: Official;
beforeAll(async () => {
  mail = await startMailServer();
  desk = await RestoreDesk.open({
    PULIH_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    PULIH_MAIL_FROM: "pulih@kaltim.contoh.go.id",
  });
  admin = await openAdmin(desk.portal);
}, 60_000);
afterAll(async () => {
  await desk.close();
  await mail.close();
});
beforeEach(() => desk.submitNext());

const jobsOfRequest = () =>
  desk.portal.deps.db.orm
    .select()
    .from(jobs)
    .where(eq(jobs.request, idOf(desk.request)));
const alarms = (job: string) =>
  desk.portal.deps.db.orm
    .select()
    .from(outbox)
    .where(and(eq(outbox.to, admin.email), like(outbox.dedupe, `refused:${job}:%`)));

/** The agent looked at the offer, refused it, and the portal has stopped offering it. */
async function refusedForGood(reason: string, job: string): Promise<void> {
  expect(await desk.agent.refuses()).toBe(reason);
  const row = (await jobsOfRequest()).find(({ id }) => id === job);
  expect(row).toMatchObject({ state: "refused", startedAt: null });
  expect((await alarms(job)).map(({ subject }) => subject)).toEqual([
    "Agen menolak perintah yang tidak cocok dengan persetujuannya",
  ]);
  desk.portal.clock.advance(61_000);
  expect((await desk.agent.poll()).offers).toEqual([]);
}

describe("a job altered in the portal's database", { tags: shows("portal", 15) }, () => {
  const sent = async (): Promise<string> => {
    await desk.upTo("laksana");
    await desk.start();
    const [job] = await jobsOfRequest();
    return job?.id ?? "";
  };

  it("is refused where its order was changed, and the request says so", async () => {
    const job = await sent();
    await desk.portal.deps.db.orm
      .update(jobSpecs)
      .set({ spec: sql`replace(${jobSpecs.spec}, 'db-satu', 'db-dua')` })
      .where(eq(jobSpecs.job, job));
    await refusedForGood("digest_differs", job);
    const view = await desk.seenBy(desk.pengelola);
    expect(view.next?.phase).toBe("failed");
    expect(view.jobs[0]).toMatchObject({ state: "refused" });
  });

  it("is refused where an event was changed, even though the request can take no further one", async () => {
    const job = await sent();
    const before = await eventCount(desk.portal, desk.request.ref);
    await desk.portal.deps.db.orm
      .update(requestEvents)
      .set({ bytes: sql`replace(${requestEvents.bytes}, 'act_performed', 'act_performes')` })
      .where(and(eq(requestEvents.stream, idOf(desk.request)), eq(requestEvents.version, 2)));
    await refusedForGood("chain_broken", job);
    expect(await eventCount(desk.portal, desk.request.ref)).toBe(before);
  });

  it("is refused where all was changed alike and every link sealed anew", async () => {
    const job = await sent();
    await rewriteEvents(desk.portal, desk.request, (event) =>
      event.type === "choice_made"
        ? { ...event, choices: event.choices.map((one) => ({ ...one, alias: "db-dua" })) }
        : event,
    );
    await refusedForGood("not_approved", job);
  });

  it("tells nobody of a refusal that no meddling is behind", async () => {
    const job = await sent();
    const { offer } = await desk.agent.judged();
    await desk.agent.call(`/jobs/${offer.job}/accept`, {
      epoch: offer.epoch,
      refuse: { reason: "local_policy", detail: "CONTOH" },
    });
    expect(await alarms(job)).toEqual([]);
  });
});

describe("an approval that is none", { tags: shows("portal", 16) }, () => {
  const asked = async () => {
    const copy = await desk.restored();
    await desk.asks(desk.pengelola, "ask_rollback", copy.restored);
    const { followUp } = await desk.copyFor(desk.pengelola);
    if (!followUp) throw new Error("nothing was asked");
    return followUp;
  };

  it("is refused by the portal where the requester gives it, and by the agent where the portal does not", async () => {
    const { job, digest } = await asked();
    const { head } = await desk.seenBy(desk.pengelola);
    const own = { seen: head, decision: "approve", job, digest };
    expect((await desk.refused(desk.pengelola, own)).status).toBe(403);
    expect((await desk.agent.poll()).offers).toEqual([]);

    await desk.approve(desk.pengawas);
    await rewriteEvents(
      desk.portal,
      desk.request,
      (event): WorkflowEvent =>
        event.type === "follow_up_approved"
          ? { ...event, by: { ...event.by, person: desk.pengelola.person } }
          : event,
    );
    await refusedForGood("same_person", job);
  });

  it("is refused where the wish was withdrawn and the portal offers it all the same", async () => {
    const { job } = await asked();
    const { head } = await desk.seenBy(desk.pengelola);
    await desk.sent(desk.pengelola, { seen: head, decision: "withdraw", job });
    expect((await desk.agent.poll()).offers, "the portal itself offers nothing").toEqual([]);
    const request = idOf(desk.request);
    const at = desk.portal.clock.now();
    await desk.portal.deps.db.write([
      readyJob(desk.portal.deps, { job, agent: desk.agent.id, request, at }),
    ]);
    await refusedForGood("not_approved", job);
    expect((await desk.copyFor(desk.pengelola)).state).toBe("kept");
  });
});
