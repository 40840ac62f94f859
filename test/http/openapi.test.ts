import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestPortal, type TestPortal } from "#support/server.ts";

/** Routes that no program is to use, and why. */
const NOT_DESCRIBED: Readonly<Record<string, string>> = {
  "/api/session": "a person signs in, with a second step of their own",
  "/api/account": "what a person changes about their own sign-in",
  "/api/auth": "the way back from the agency's sign-in service",
  "/api/agent/v1": "the agent's own protocol, in signed envelopes",
  "/api/admin/people": "forms of the admin's pages",
  "/api/admin/positions": "forms of the admin's pages",
  "/api/admin/agents": "forms of the admin's pages",
  "/api/calendar/renew": "a form of the account page, which shows the new address",
  "/api/openapi.json": "the description itself",
  "/metrics": "for a collector on the machine itself",
};

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe("the description of the interface", () => {
  let portal: TestPortal;
  let described: Described;
  beforeAll(async () => {
    portal = await openTestPortal();
    described = (await (await portal.fetch("/api/openapi.json")).json()) as Described;
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const reasonFor = (path: string) =>
    Object.keys(NOT_DESCRIBED).find((one) => path === one || path.startsWith(`${one}/`));
  /** As OpenAPI writes a pattern of the router. */
  const written = (path: string) =>
    path.replace(":file{.+\\.ics}", "{alamat}.ics").replace(/:(\w+)/g, "{$1}");
  const answered = () =>
    portal.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => ({ method: method.toLowerCase(), path: written(path) }));

  it("knows every route that programs may use, or it is said why they may not", () => {
    const unknown = answered().filter(
      ({ method, path }) =>
        path !== "/data/*" && !reasonFor(path) && !described.paths[path]?.[method],
    );
    expect(unknown).toEqual([]);
    const unused = Object.keys(NOT_DESCRIBED).filter(
      (one) => !answered().some(({ path }) => reasonFor(path) === one),
    );
    expect(unused, "reasons for routes that are no longer there").toEqual([]);
  });

  it("promises nothing that is not answered", () => {
    const routes = new Set(answered().map(({ method, path }) => `${method} ${path}`));
    const promised = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const empty = promised.filter((one) => !one.startsWith("get /data/") && !routes.has(one));
    expect(empty).toEqual([]);
  });

  it("names open data by addresses that are there, of the kind it says", async () => {
    const files = Object.entries(described.paths).filter(([path]) =>
      /^\/(data|umpan)\//.test(path),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const [path, { get }] of files) {
      const answer = await portal.fetch(path);
      const { responses } = get as { responses: { 200: { content: Record<string, object> } } };
      expect(answer.status, path).toBe(200);
      const type = answer.headers.get("content-type")?.split(";")[0];
      expect(Object.keys(responses[200].content), path).toEqual([type]);
    }
  });

  it("asks for a request for information as its form does", () => {
    const body = JSON.stringify(described.paths["/api/ppid"]?.["post"]);
    for (const name of ["instansi", "informasi", "tujuan", "nama", "alamat", "identitas"]) {
      expect(body).toContain(`"${name}"`);
    }
    expect(body).toMatch(/"required":\["instansi","informasi","tujuan"/);
  });
});
