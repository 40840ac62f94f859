import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { galatOf, KALTIM, look, Office, sopOf, submit } from "./office.ts";

describe("what anybody may ask", () => {
  let portal: TestPortal;
  let office: Office;
  beforeAll(async () => {
    portal = await openTestPortal();
    office = new Office(portal);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  it("says whether it can work, describes its interface, and gives figures to the monitoring", async () => {
    await submit(portal, KALTIM, { alasan: "CONTOH angka" });
    const health = await portal.fetch("/api/health");
    expect(await health.json()).toEqual({ ok: true, sops: portal.deps.catalog.sops.size });
    const described = (await (await portal.fetch("/api/openapi.json")).json()) as {
      openapi: string;
      paths: Record<string, unknown>;
      servers: { url: string }[];
    };
    expect(described.openapi).toBe("3.1.0");
    expect(described.servers).toEqual([{ url: TEST_ORIGIN }]);
    expect(Object.keys(described.paths)).toContain("/api/requests/{ref}/decisions");
    const metrics = await (await portal.fetch("/metrics")).text();
    expect(metrics).toMatch(/^pulih_requests\{status="active"\} 1$/m);
    expect(metrics).toMatch(/^pulih_polls_held 0$/m);
    const passedOn = { headers: { "x-forwarded-for": "203.0.113.7" } };
    expect((await portal.fetch("/metrics", passedOn)).status).toBe(404);
  });

  it("answers what is not there with the one envelope and the security headers of every answer", async () => {
    const answer = await portal.fetch("/api/tidak-ada");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const galat = await galatOf(answer);
    expect(galat).toMatchObject({ status: 404, code: "NOT_FOUND", perbaikan: [] });
  });

  it("writes one line for each request, with the pattern of its path and never its query or body", async () => {
    const code = "rahasia-lacak-1";
    await portal.fetch(`/api/requests/ABC-2DE-3FG?kode=${code}`);
    const line = portal.log.at(-1);
    expect(line).toMatchObject({
      event: "request",
      detail: {
        method: "GET",
        route: "/api/requests/:ref",
        status: 404,
        actor: null,
        code: "AUTH_TRACKING",
      },
    });
    expect(Object.keys(line?.detail ?? {})).toEqual([
      "method",
      "route",
      "status",
      "ms",
      "actor",
      "requestId",
      "code",
    ]);
    const all = JSON.stringify(portal.log);
    expect(all).not.toContain(code);
    expect(all).not.toContain("CONTOH nama");
    const official = await office.of(sopOf(portal, KALTIM), "administrator");
    await portal.fetch("/api/inbox", { headers: { cookie: official.cookie } });
    expect(portal.log.at(-1)?.detail["actor"]).toBe(official.person);
  });

  it("tells nothing of a defect but the request's id", async () => {
    const request = await submit(portal, KALTIM, { alasan: "CONTOH cacat" });
    const { documents } = await look(portal, request.ref, request);
    await rm(portal.pathOf(`berkas/${documents[0]?.sha256}`));
    const answer = await portal.fetch(documents[0]?.href ?? "");
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(text).toContain(answer.headers.get("x-request-id") ?? "?");
    expect(text).not.toMatch(/ENOENT|berkas\//);
    expect(portal.log.some(({ event }) => event === "defect")).toBe(true);
  });
});
