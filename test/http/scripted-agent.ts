/** An agent that speaks the real protocol with a real key, and whose work is made of given figures. */

import type { z } from "zod";
import type { TargetCare } from "#domain/job/care.ts";
import { canonicalJson, sha256Hex, utf8 } from "#domain/trust/canonical.ts";
import { type Envelope, signEnvelope } from "#domain/trust/dsse.ts";
import { approveAgent } from "#functions/services/agents/approve.ts";
import { createCode } from "#functions/services/agents/create-code.ts";
import { checkOffer } from "#protocol/check-offer.ts";
import { importPublicKey, openTicket, signRequest, thumbprint } from "#protocol/jws.ts";
import { DRILL_TYPE, type DrillRecord } from "#protocol/manifest.ts";
import {
  AGENT_API,
  type JobEvent,
  type JobResult,
  JobSpec,
  type Offer,
  type PollAnswer,
  type Preview,
  type ProtectedHeader,
  type PublicJwk,
  RESULT_TYPE,
} from "#protocol/v1.ts";
import { registerAll } from "#support/assets.ts";
import type { TestPortal } from "#support/server.ts";

/** What the agent needs of a portal, with or without sockets. */
export type Reachable = Pick<TestPortal, "deps" | "fetch"> & {
  readonly clock: Pick<TestPortal["clock"], "now">;
};

type OfferOf = z.infer<typeof Offer>;
type Backup = NonNullable<JobResult["targets"][number]["backup"]>;

export interface AgentKey {
  readonly privateKey: CryptoKey;
  readonly jwk: PublicJwk;
  readonly thumbprint: string;
}

export async function newAgentKey(): Promise<AgentKey> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const exported = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const jwk: PublicJwk = { kty: "OKP", crv: "Ed25519", x: exported.x ?? "" };
  return { privateKey: pair.privateKey, jwk, thumbprint: await thumbprint(jwk) };
}

const HEX = (letter: string): string => letter.repeat(64);

export class ScriptedAgent {
  readonly portal: Reachable;
  readonly key: AgentKey;
  id = "";
  serverKey: CryptoKey | null = null;
  /** Of the process it plays. */
  bootId = "b";
  #sid = "";
  #n = 0;
  readonly targets: string[];
  readonly backups: Backup[] = [];
  readonly drills: Envelope[] = [];
  care: TargetCare | null = null;
  /** What it tells of every restore it is asked to look at. */
  preview: Preview = {
    live: "present",
    units: [
      { name: "public.pegawai", added: 0, changed: 3, lost: 512 },
      { name: "public.cuti", added: 14_220, changed: 0, lost: 0 },
    ],
    total: { added: 14_220, changed: 3, lost: 512 },
    changedUnits: 2,
    equalUnits: 41,
    objects: [{ kind: "triggers", before: 7, after: 6 }],
    definitions: [
      { kind: "triggers", name: "catat ON public.pegawai", change: "lost" },
      { kind: "views", name: "public.daftar", change: "changed" },
    ],
    changedDefinitions: 3,
  };

  constructor(portal: Reachable, key: AgentKey, targets: readonly string[]) {
    this.portal = portal;
    this.key = key;
    this.targets = [...targets];
  }

  /** Sends a signed body; `header` replaces parts of what is signed. */
  async send(
    route: string,
    payload: unknown,
    header: Partial<ProtectedHeader> = {},
  ): Promise<Response> {
    const url = `${AGENT_API}${route}`;
    const iat = Math.floor(this.portal.clock.now().getTime() / 1000);
    const jws = await signRequest(
      this.key.privateKey,
      { alg: "EdDSA", kid: this.id, url, iat, ...header },
      payload,
    );
    return this.portal.fetch(url, {
      method: "POST",
      headers: { "content-type": "application/jose+json" },
      body: JSON.stringify(jws),
    });
  }

  async call<T>(route: string, payload: unknown): Promise<T> {
    this.#n += 1;
    const answer = await this.send(route, payload, { sid: this.#sid, n: this.#n });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Like `call`, for refusals. */
  async refused(
    route: string,
    payload: unknown,
  ): Promise<{ status: number; code: string; detail: Record<string, unknown> }> {
    this.#n += 1;
    const answer = await this.send(route, payload, { sid: this.#sid, n: this.#n });
    const { galat } = (await answer.json()) as {
      galat: { code: string; detail: Record<string, unknown> };
    };
    return { status: answer.status, code: galat.code, detail: galat.detail };
  }

  async enroll(code: string): Promise<{ agent: string; fingerprint: string }> {
    const answer = await this.send(
      "/enroll",
      { code, jwk: this.key.jwk, hostname: "contoh", version: "0" },
      { kid: this.key.thumbprint },
    );
    if (!answer.ok) throw new Error(`enroll: ${answer.status} ${await answer.text()}`);
    const body = (await answer.json()) as {
      agent: string;
      fingerprint: string;
      server: { jwk: PublicJwk };
    };
    this.id = body.agent;
    this.serverKey = await importPublicKey(body.server.jwk);
    return body;
  }

  async openSession(): Promise<void> {
    this.#sid = await this.newSession();
    this.#n = 0;
  }

  async newSession(): Promise<string> {
    const answer = await this.send("/session", {
      bootId: this.bootId,
      protocols: [1],
      version: "0",
    });
    if (!answer.ok) throw new Error(`session: ${answer.status} ${await answer.text()}`);
    const { sid } = (await answer.json()) as { sid: string };
    return sid;
  }

  /** Another process with the same key, as on a copied machine. */
  twin(bootId: string): ScriptedAgent {
    const twin = new ScriptedAgent(this.portal, this.key, this.targets);
    twin.id = this.id;
    twin.serverKey = this.serverKey;
    twin.bootId = bootId;
    return twin;
  }

  catalog() {
    return {
      targets: this.targets.map((alias) => ({
        alias,
        engine: "sqlite" as const,
        actions: ["backup", "restore", "check"],
        vault: { alias: "vault-utama", kind: "objects" as const, freeBytes: 50_000_000_000 },
        estimatedBytes: 1_200_000,
        care: this.care,
      })),
      backups: this.backups,
      drills: this.drills,
    };
  }

  poll(
    options: { capacity?: number; catalog?: boolean; running?: unknown[]; nonce?: string } = {},
  ) {
    return this.call<z.infer<typeof PollAnswer>>("/poll", {
      nonce: options.nonce ?? "n".repeat(22),
      capacity: options.capacity ?? 1,
      running: options.running ?? [],
      catalog: options.catalog ? this.catalog() : null,
    });
  }

  /** Polls until there is work, and checks the bundle as a real agent does. */
  async offered(): Promise<OfferOf> {
    const { offer, verdict } = await this.judged();
    if (!verdict.ok) throw new Error(`bundle refused: ${verdict.reason} ${verdict.detail}`);
    return offer;
  }

  /** The next offer and what a real agent says of it, by a clock of its own. */
  async judged(now = this.portal.clock.now()) {
    const { offers } = await this.poll();
    const [offer] = offers;
    if (!offer || !this.serverKey) throw new Error("nothing was offered");
    const verdict = await checkOffer(offer, {
      agentId: this.id,
      nonce: "n".repeat(22),
      ticket: await openTicket(offer.ticket, this.serverKey),
      now,
      lastEpoch: 0,
      startedJobs: new Set<string>(),
      knowsTarget: (alias) => this.targets.includes(alias),
      policy: () => true,
      knownManifest: (id) => this.backups.find((backup) => backup.id === id)?.manifest ?? null,
    });
    return { offer, verdict };
  }

  /** Takes the next offer, finds it wrong, and says so to the portal. */
  async refuses(now?: Date): Promise<string> {
    const { offer, verdict } = await this.judged(now);
    if (verdict.ok) throw new Error("the offer is good");
    const { reason, detail } = verdict;
    await this.call(`/jobs/${offer.job}/accept`, {
      epoch: offer.epoch,
      refuse: { reason, detail },
    });
    return reason;
  }

  event(seq: number): JobEvent {
    const t = this.portal.clock.now().toISOString();
    return {
      seq,
      t,
      alias: null,
      phase: "dump",
      percent: 50,
      bytes: null,
      message: `Kabar ${seq}`,
    };
  }

  result(offer: OfferOf, outcome: JobResult["outcome"] = "succeeded"): JobResult {
    const spec = JobSpec.parse(JSON.parse(offer.spec));
    const t = this.portal.clock.now().toISOString();
    return {
      v: 1,
      agent: this.id,
      job: offer.job,
      digest: offer.digest,
      epoch: offer.epoch,
      outcome,
      startedAt: t,
      finishedAt: t,
      error: outcome === "failed" ? { code: "ENGINE_LOAD_FAILED", alias: null } : null,
      targets:
        outcome === "succeeded"
          ? spec.choices.map(({ alias, backup }) => ({
              alias,
              engine: "sqlite",
              backup: backup === null ? this.makeBackup(alias) : this.#kept(backup),
              check: spec.action === "check" ? { readable: true, bytes: 1_000, level: "L1" } : null,
              restore:
                spec.action === "restore"
                  ? {
                      liveBefore: HEX("d"),
                      liveAfter: HEX("c"),
                      expected: HEX("c"),
                      digestsEqual: true,
                      units: 2,
                      rows: 20_000,
                      swapMs: 3.5,
                      level: "L3" as const,
                      safetyBackup: "pengaman",
                      kept: "nama lama",
                    }
                  : null,
              preview: spec.action === "preview" ? this.preview : null,
              followUp:
                spec.restored === null
                  ? null
                  : {
                      restored: spec.restored,
                      liveAfter: spec.action === "rollback" ? HEX("d") : null,
                      safetyBackup: spec.action === "rollback" ? "pengaman-2" : null,
                    },
            }))
          : [],
      log: HEX("a"),
    };
  }

  makeBackup(alias: string): Backup {
    const backup: Backup = {
      id: `cadangan-${this.backups.length + 1}`,
      alias,
      engine: "sqlite",
      vault: "vault-utama",
      vaultKind: "objects",
      purpose: "backup",
      bytes: 1_200_000,
      storedBytes: 600_000,
      finishedAt: this.portal.clock.now().toISOString(),
      manifest: HEX("b"),
      content: HEX("c"),
    };
    this.backups.push(backup);
    return backup;
  }

  /** A drill as the agent signs it; told with the next catalog. */
  async holdDrill(over: Partial<DrillRecord> = {}, key = this.key): Promise<DrillRecord> {
    const at = this.portal.clock.now().toISOString();
    const record: DrillRecord = {
      v: 1,
      id: `uji-${this.drills.length + 1}`,
      agent: this.id,
      alias: this.targets[0] ?? "",
      engine: "sqlite",
      backup: "cadangan-1",
      manifest: HEX("b"),
      level: "L3",
      ok: true,
      error: null,
      bytes: 1_200_000,
      units: 2,
      rows: 20_000,
      startedAt: at,
      finishedAt: at,
      ...over,
    };
    const signer = { id: this.id, privateKey: key.privateKey };
    this.drills.push(await signEnvelope(signer, DRILL_TYPE, utf8(canonicalJson(record))));
    return record;
  }

  async finishing(offer: OfferOf, result: JobResult, lastSeq: number) {
    const body = utf8(canonicalJson(result as never));
    const key = { id: this.id, privateKey: this.key.privateKey };
    const envelope = await signEnvelope(key, RESULT_TYPE, body);
    return {
      request: { epoch: offer.epoch, lastSeq, result: envelope },
      digest: await sha256Hex(body),
    };
  }

  /** Takes the offered job through to its end. */
  async work(outcome: JobResult["outcome"] = "succeeded"): Promise<OfferOf> {
    const offer = await this.offered();
    const path = `/jobs/${offer.job}`;
    await this.call(`${path}/accept`, { epoch: offer.epoch, refuse: null });
    await this.call(`${path}/start`, { epoch: offer.epoch, startId: "s1" });
    await this.call(`${path}/events`, {
      epoch: offer.epoch,
      events: [this.event(1), this.event(2)],
    });
    const { request } = await this.finishing(offer, this.result(offer, outcome), 2);
    await this.call(`${path}/finish`, request);
    return offer;
  }

  #kept(id: string): Backup {
    const found = this.backups.find((backup) => backup.id === id);
    if (!found) throw new Error(`no backup ${id}`);
    return found;
  }
}

/** Enrolled, approved, in session, its targets told, and the servers behind them registered. */
export async function hireAgent(
  portal: Reachable,
  targets: readonly string[],
  options: { readonly agencies?: readonly string[]; readonly registered?: boolean } = {},
): Promise<ScriptedAgent> {
  const agent = new ScriptedAgent(portal, await newAgentKey(), targets);
  const { code } = await createCode(portal.deps, { agencies: options.agencies ?? [] });
  const { agent: id, fingerprint } = await agent.enroll(code);
  await approveAgent(portal.deps, { agent: id, fingerprint });
  await agent.openSession();
  if (targets.length > 0) await agent.poll({ catalog: true, capacity: 0 });
  if (options.registered ?? true) await registerAll(portal, targets);
  return agent;
}
