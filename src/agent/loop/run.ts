/**
 * The agent's life: recover, then poll for ever. One poll is heartbeat, lease renewal, cancellation
 * and the way work arrives, so polls go on while a job runs, then with capacity 0. At most one work
 * runs, a job or the operator's own schedule; results that the portal does not have yet are sent
 * beside it.
 *
 * A job goes first: a scheduled drill gives way to it at once, a scheduled backup is brought to its
 * end, and between two scheduled runs the portal is asked.
 */
import { AppError, isAppError } from "#domain/errors.ts";
import type { Offer, PollAnswer } from "#protocol/v1.ts";
import { remembering } from "../care/remember.ts";
import { runDrill } from "../care/run-drill.ts";
import { type CareEffects, createScheduler } from "../care/scheduler.ts";
import { waitForTargets } from "../care/target-lock.ts";
import type { AgentContext } from "../context.ts";
import type { JobLog } from "../journal/job-log.ts";
import type { Journal } from "../journal/journal.ts";
import { createCareSlot } from "./care-slot.ts";
import { createCatalog } from "./catalog.ts";
import type { Client } from "./client.ts";
import { describe } from "./describe.ts";
import type { Effects } from "./effects.ts";
import { execute } from "./execute.ts";
import { recover } from "./recover.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import type { Patience } from "./retry.ts";
import { refuseOffer, takeOffer } from "./take-offer.ts";

const CATALOG_EVERY_MS = 10 * 60_000;
/** A slow target must not keep the agent from its polls. */
const CATALOG_WAIT_MS = 10_000;
/** Answers without work that come faster than this are not held: no poll may spin. */
const QUICK_MS = 1_000;
/** How long the end waits for results to be taken; they are on disk anyhow. */
const FAREWELL_MS = 10_000;
/** How long the portal is told that this process ends; else the next one waits to see it. */
const PARTING_MS = 2_000;

export interface AgentLife extends Patience {
  readonly ctx: AgentContext;
  readonly client: Client;
  readonly journal: Journal;
  readonly effects: Effects;
  /** The portal's key, pinned at enrolment. */
  readonly serverKey: CryptoKey;
  readonly newNonce: () => string;
  /** First: take no more work, finish what runs. */
  readonly stop: AbortSignal;
  /** Second: call off what runs. */
  readonly kill: AbortSignal;
  /** While users are kept out, an unreachable portal is waited for no longer than this. */
  readonly leaseAnswerMs?: number;
  /** Told when others changed the vaults, e.g. the operator's own backup; gives an unsubscriber. */
  readonly onOutsideChange?: (refresh: () => void) => () => void;
  readonly care?: Partial<CareEffects>;
  readonly careEveryMs?: number;
}

/** A job of which the portal has yet to learn the end. */
interface Slot {
  readonly log: JobLog;
  readonly control: AbortController;
  readonly reporter: Reporter;
  /** The portal has given the job up: it is not named in polls any more. */
  fenced: boolean;
}

/** Resolves after `stop`; rejects where the portal refuses this agent for good. */
export async function runAgent(agent: AgentLife): Promise<void> {
  const { ctx, client, journal, stop, kill } = agent;
  const effects = remembering(agent.effects);
  const life = new AbortController();
  const catalog = createCatalog(ctx, effects);
  const slots = new Map<string, Slot>();
  const deliveries = new Set<Promise<void>>();
  let executing: Promise<void> | null = null;
  let wake = new AbortController();

  const slotOf = (log: JobLog): Slot => {
    const { sleep, rng } = agent;
    const reporter = createReporter(client, log, { sleep, rng, say: ctx.log });
    const slot = { log, control: new AbortController(), reporter, fenced: false };
    slots.set(log.job, slot);
    return slot;
  };
  const deliver = ({ log, reporter }: Slot): void => {
    const delivery = reporter
      .deliver(life.signal)
      .catch((error: unknown) => {
        if (!life.signal.aborted) ctx.log("result is kept", { job: log.job, ...describe(error) });
      })
      .then(() => {
        if (log.phase === "acked") slots.delete(log.job);
        deliveries.delete(delivery);
      });
    deliveries.add(delivery);
  };
  const refreshCatalog = async (): Promise<void> => {
    const patience = AbortSignal.any([life.signal, AbortSignal.timeout(CATALOG_WAIT_MS)]);
    const done = new Promise((resolve) =>
      patience.addEventListener("abort", resolve, { once: true }),
    );
    const refreshed = catalog.refresh().catch((error: unknown) => {
      ctx.log("catalog was not made", describe(error));
    });
    await Promise.race([refreshed, done]);
  };

  const work = async (offer: Offer, nonce: string): Promise<void> => {
    const taker = { ctx, client, journal, catalog, serverKey: agent.serverKey };
    const taken = await takeOffer(taker, offer, nonce, AbortSignal.any([life.signal, kill]));
    if (!taken) return;
    const slot = slotOf(taken.log);
    // The poll that is held does not name this job, so it would not hear of its cancellation.
    wake.abort();
    const { control, reporter } = slot;
    const callOff = (): void =>
      control.abort(new AppError("JOB_INTERRUPTED", "the operator ended the agent"));
    kill.addEventListener("abort", callOff, { once: true });
    if (kill.aborted) callOff();
    try {
      const called = AbortSignal.any([control.signal, life.signal]);
      const aliases = taken.spec.choices.map((choice) => choice.alias);
      await using _targets = await waitForTargets(ctx.config.data, aliases, called);
      await execute({ ...agent, effects, ...taken, reporter, control, life: life.signal });
    } finally {
      kill.removeEventListener("abort", callOff);
    }
    if (taken.log.phase === "acked") {
      slots.delete(taken.log.job);
      return;
    }
    // The portal should know the new backup before it hears that the job is done.
    await refreshCatalog();
    await announce();
    deliver(slot);
  };
  const begin = (offer: Offer, nonce: string): void => {
    executing = work(offer, nonce)
      .catch((error: unknown) =>
        ctx.log("offer came to nothing", { job: offer.job, ...describe(error) }),
      )
      .finally(() => {
        executing = null;
        // A poll with capacity 0 brings no offer, so nothing is lost with it.
        wake.abort();
      });
  };

  const care = createCareSlot({
    ctx,
    scheduler: createScheduler(ctx, {
      backup: agent.effects.backup,
      drill: runDrill,
      ...agent.care,
    }),
    everyMs: agent.careEveryMs,
    isFree: () => executing === null && !stop.aborted,
    occupy(run) {
      executing = run.finally(() => {
        executing = null;
        wake.abort();
        outside();
      });
    },
  });

  const poll = async (
    capacity: number,
    signal: AbortSignal,
  ): Promise<{ answer: PollAnswer; nonce: string }> => {
    let nonce = "";
    let sid = "";
    let sent: ReturnType<typeof catalog.unsent> = null;
    const answer = await client.poll((session) => {
      nonce = agent.newNonce();
      sid = session.sid;
      sent = catalog.unsent(sid);
      const running = [...slots.values()]
        .filter((slot) => !slot.fenced)
        .map(({ log }) => ({ job: log.job, epoch: log.epoch, seq: log.lastSeq }));
      return { nonce, capacity, running, catalog: sent };
    }, signal);
    catalog.markSent(sid, sent);
    for (const { job, epoch } of answer.cancels) {
      const slot = slots.get(job);
      if (slot?.log.epoch === epoch)
        slot.control.abort(new AppError("JOB_CANCELLED", "cancelled in the portal"));
    }
    for (const job of answer.fenced) {
      const slot = slots.get(job);
      if (!slot || slot.fenced) continue;
      slot.fenced = true;
      slot.control.abort(
        new AppError("JOB_STALE_LEASE", "the portal has given the job to nobody or another epoch"),
      );
    }
    return { answer, nonce };
  };
  /** Sends a changed catalog beside the held poll, without work, so that no offer can get lost. */
  const announce = async (): Promise<void> => {
    const patience = AbortSignal.any([life.signal, AbortSignal.timeout(QUICK_MS)]);
    const { sid } = await client.session(patience).catch(() => ({ sid: "" }));
    if (sid === "" || catalog.unsent(sid) === null) return;
    await poll(0, patience).catch((error: unknown) => {
      if (!patience.aborted) ctx.log("catalog was not announced", describe(error));
    });
  };

  const pollForEver = async (): Promise<void> => {
    while (!(stop.aborted && executing === null)) {
      wake = new AbortController();
      const signal = AbortSignal.any([life.signal, wake.signal]);
      const isFree = executing === null || care.mayYield;
      const capacity = isFree && !stop.aborted ? 1 : 0;
      const askedAt = performance.now();
      try {
        const { answer, nonce } = await poll(capacity, signal);
        const [first, ...others] = answer.offers;
        for (const offer of others)
          await refuseOffer({ ctx, client }, offer, "busy", "one job at a time", signal);
        if (first && !stop.aborted) await care.giveWay();
        if (first && (executing !== null || stop.aborted)) {
          await refuseOffer({ ctx, client }, first, "busy", "the agent is stopping", signal);
        } else if (first) begin(first, nonce);
        else if (performance.now() - askedAt < QUICK_MS)
          await agent.sleep(Math.round(agent.rng() * QUICK_MS), signal);
      } catch (error) {
        life.signal.throwIfAborted();
        if (!wake.signal.aborted) throw error;
      }
    }
  };

  const onStop = (): void => {
    ctx.log("stopping", { running: executing !== null });
    care.stop();
    if (executing === null) wake.abort();
  };
  const outside = (): void => void refreshCatalog().then(announce);
  const forgetOutside = agent.onOutsideChange?.(outside);
  const timer = setInterval(() => {
    outside();
    void journal
      .sweep()
      .catch((error: unknown) => ctx.log("journal was not swept", describe(error)));
  }, CATALOG_EVERY_MS);
  stop.addEventListener("abort", onStop, { once: true });
  try {
    for (const log of await recover(ctx, effects, journal)) deliver(slotOf(log));
    await refreshCatalog();
    care.start();
    await pollForEver();
  } catch (error) {
    // The agent is refused: what runs must not go on unseen.
    for (const { control } of slots.values()) {
      control.abort(isAppError(error) ? error : new AppError("JOB_INTERRUPTED", "the agent ends"));
    }
    care.stop();
    await executing;
    throw error;
  } finally {
    stop.removeEventListener("abort", onStop);
    clearInterval(timer);
    care.stop();
    forgetOutside?.();
    const patience = AbortSignal.any([kill, AbortSignal.timeout(FAREWELL_MS)]);
    const impatient = new Promise((resolve) =>
      patience.addEventListener("abort", resolve, { once: true }),
    );
    if (!patience.aborted) await Promise.race([Promise.all(deliveries), impatient]);
    await client
      .end(AbortSignal.any([kill, AbortSignal.timeout(PARTING_MS)]))
      .catch(() => undefined);
    life.abort(new AppError("JOB_INTERRUPTED", "the agent has ended"));
    await journal.close();
  }
}
