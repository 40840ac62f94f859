/** A desk at which restores are decided: the people, an agent, and a request of its own for each test. */
import { expect } from "vitest";
import type { KeptCopyView, RequestView } from "#domain/workflow/view.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import {
  decide,
  decisionFor,
  KALTIM,
  look,
  Office,
  refusedDecision,
  type Submitted,
  sopOf,
  submit,
  type Visitor,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

/** Of the preview that the agent tells. */
export const TABLE = "public.pegawai";

const targets = ["db-satu"];

export class RestoreDesk {
  readonly portal: TestPortal;
  readonly office: Office;
  readonly agent: ScriptedAgent;
  readonly pengelola: Official;
  readonly pengawas: Official;
  readonly pemeriksa: Official;
  /** The request that is worked on. */
  request: Submitted = { ref: "", code: "" };
  #turn = 0;

  private constructor(
    office: Office,
    agent: ScriptedAgent,
    people: Pick<RestoreDesk, "pengelola" | "pengawas" | "pemeriksa">,
  ) {
    this.portal = office.portal;
    this.office = office;
    this.agent = agent;
    this.pengelola = people.pengelola;
    this.pengawas = people.pengawas;
    this.pemeriksa = people.pemeriksa;
  }

  /** A portal with an agent that has one backup to restore. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<RestoreDesk> {
    const portal = await openTestPortal({ env });
    const office = new Office(portal);
    const agent = await hireAgent(portal, targets);
    const by = (role: string) => office.of(sopOf(portal, KALTIM), role);
    const first = await submit(portal, KALTIM, { alasan: "CONTOH cadangan", jenis: "backup" });
    await walk(office, KALTIM, first, { targets, agent });
    await agent.poll({ catalog: true, capacity: 0 });
    const [pengelola, pengawas] = [await by("pengelola"), await by("pengawas")];
    return new RestoreDesk(office, agent, {
      pengelola,
      pengawas,
      pemeriksa: await by("pemeriksa"),
    });
  }

  async close(): Promise<void> {
    this.portal.deps.mail?.close();
    await this.portal[Symbol.asyncDispose]();
  }

  async submitNext(): Promise<void> {
    this.#turn += 1;
    this.portal.clock.advance(60_000);
    const given = { alasan: `CONTOH pulih ${this.#turn}`, jenis: "restore" };
    this.request = await submit(this.portal, KALTIM, given);
  }

  seenBy(visitor: Visitor): Promise<RequestView> {
    return look(this.portal, this.request.ref, visitor);
  }

  refused(visitor: Visitor, decision: Record<string, unknown>) {
    return refusedDecision(this.portal, this.request.ref, visitor, decision);
  }

  /** Walks until the act is open, or to the end. */
  upTo(act: string | null): Promise<RequestView> {
    const until = (view: RequestView) => act !== null && view.next?.act === act;
    return walk(this.office, KALTIM, this.request, { targets, agent: this.agent, until });
  }

  async sent(visitor: Visitor, decision: Record<string, unknown>): Promise<RequestView> {
    const { head, next } = await this.seenBy(visitor);
    const answer = await decide(this.portal, this.request.ref, visitor, {
      act: next?.act ?? "",
      seen: head,
      ...decision,
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { data: RequestView }).data;
  }

  async start(): Promise<void> {
    const decision = decisionFor(await this.seenBy(this.pengelola), targets);
    const answer = await decide(this.portal, this.request.ref, this.pengelola, decision);
    expect(answer.status).toBe(200);
  }

  /** A restore that succeeded, its act still to be closed. */
  async restored(): Promise<KeptCopyView> {
    await this.upTo("laksana");
    await this.start();
    this.portal.clock.advance(60_000);
    await this.agent.work();
    return this.copyFor(this.pengelola);
  }

  async copyFor(visitor: Visitor): Promise<KeptCopyView> {
    const [copy] = (await this.seenBy(visitor)).keptCopies;
    if (!copy) throw new Error("no copy was kept");
    return copy;
  }

  asks(visitor: Visitor, decision: "ask_rollback" | "ask_drop", job: string): Promise<RequestView> {
    return this.sent(visitor, { decision, job, alasan: "CONTOH salah cadangan" });
  }

  async approve(visitor: Visitor): Promise<RequestView> {
    const { followUp } = await this.copyFor(visitor);
    const { job, digest } = followUp ?? {};
    return this.sent(visitor, { decision: "approve", job, digest });
  }

  /** The orders of the request, oldest first. */
  async specs() {
    const rows = await this.portal.deps.db.orm.query.jobSpecs.findMany({
      where: (spec, { eq }) => eq(spec.request, this.request.ref.replaceAll("-", "")),
    });
    return rows.map(({ spec }) => JSON.parse(spec));
  }
}
