import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { galatOf, KALTIM, postJson } from "./office.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const GUIDE = "/panduan/pemohon/";

describe("POST /api/feedback", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openTestPortal();
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const rows = () => portal.deps.db.orm.query.pageFeedback.findMany();
  const sendForm = (values: Record<string, string>, headers: Record<string, string> = {}) =>
    portal.fetch("/api/feedback", {
      method: "POST",
      body: new URLSearchParams(values),
      headers: { accept: "text/html,*/*", origin: TEST_ORIGIN, ...headers },
    });
  const unchanged = async (send: () => Promise<Response>): Promise<Response> => {
    const before = await rows();
    const answer = await send();
    expect(await rows()).toEqual(before);
    return answer;
  };

  it("keeps page, answer, comment and day, and nothing that leads to the reader", async () => {
    portal.clock.set("2026-11-23T18:30:00.000Z");
    const answer = await sendForm(
      { halaman: GUIDE, membantu: "tidak", saran: "  Contoh\r\nkurang jelas.  ", situs: "" },
      { "user-agent": "Peramban CONTOH", cookie: "a=b", "x-forwarded-for": "10.1.2.3" },
    );
    expect(answer.status).toBe(303);
    expect(answer.headers.getSetCookie()).toEqual([]);
    const location = new URL(answer.headers.get("location") ?? "", TEST_ORIGIN);
    expect(location.pathname).toBe("/umpan-balik/terima-kasih/");
    expect(location.searchParams.get("halaman")).toBe(GUIDE);
    const [row] = await rows();
    expect(row).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      path: GUIDE,
      helpful: false,
      comment: "Contoh\nkurang jelas.",
      day: "2026-11-24",
    });
    expect(JSON.stringify(portal.log)).not.toMatch(/kurang jelas|10\.1\.2\.3|CONTOH/);
  });

  it("takes JSON of the same names, with and without a comment, for each kind of page", async () => {
    for (const halaman of [
      `/sop/${KALTIM}/`,
      `/sop/${KALTIM}/versi/1/`,
      "/dasar-hukum/uu-14-2008/",
    ]) {
      const answer = await postJson(portal, "/api/feedback", { halaman, membantu: "ya" });
      expect(answer.status).toBe(201);
      expect(await answer.json()).toEqual({ data: { halaman } });
    }
    expect((await rows()).filter(({ comment }) => comment === null)).toHaveLength(3);
  });

  it("keeps nothing in a comment that would steer the terminal of whoever reads it", async () => {
    const saran = "a\u001b[2J\u0007b\u202ec\nd";
    await postJson(portal, "/api/feedback", { halaman: GUIDE, membantu: "ya", saran });
    expect((await rows()).at(-1)?.comment).toBe("a [2J b c\nd");
  });

  it("names what to mend: an unknown page, no choice, a comment of more than 1.000 letters", async () => {
    const fields = async (body: Record<string, string>) => {
      const answer = await unchanged(() => postJson(portal, "/api/feedback", body));
      const galat = await galatOf(answer);
      expect(galat).toMatchObject({ status: 422, code: "INPUT_INVALID" });
      return galat.perbaikan.map((one) => one.field);
    };
    expect(await fields({})).toEqual(["halaman", "membantu"]);
    const good = { halaman: GUIDE, membantu: "ya" };
    for (const halaman of ["/sop/tidak-ada/", `/sop/${KALTIM}/versi/99/`, "/lacak/", "//x.id/"]) {
      expect(await fields({ ...good, halaman })).toEqual(["halaman"]);
    }
    expect(await fields({ ...good, membantu: "mungkin" })).toEqual(["membantu"]);
    expect(await fields({ ...good, saran: "a".repeat(1_001) })).toEqual(["saran"]);
    const longest = await postJson(portal, "/api/feedback", { ...good, saran: "a".repeat(1_000) });
    expect(longest.status).toBe(201);
  });

  it("sends a browser back to a form that still holds what was written", async () => {
    const answer = await unchanged(() => sendForm({ halaman: GUIDE, saran: "Contoh saran" }));
    const location = new URL(answer.headers.get("location") ?? "", TEST_ORIGIN);
    expect([answer.status, location.pathname, location.hash]).toEqual([
      303,
      "/umpan-balik/",
      "#galat",
    ]);
    const draft = portal.services.drafts.read(location.searchParams.get("draf") ?? "");
    expect(draft).toMatchObject({ status: 422, problems: [{ field: "membantu" }] });
    expect(draft?.values["saran"]).toEqual(["Contoh saran"]);
  });

  it("refuses the trap, another site, and bodies of no form", async () => {
    const good = { halaman: GUIDE, membantu: "ya" };
    const trapped = await unchanged(() =>
      postJson(portal, "/api/feedback", { ...good, situs: "https://contoh.id" }),
    );
    expect(await galatOf(trapped)).toMatchObject({ status: 400, code: "INPUT_MALFORMED" });
    const foreign = await unchanged(() => sendForm(good, { origin: "https://situs.lain" }));
    expect(await galatOf(foreign)).toMatchObject({ status: 403, code: "AUTH_CROSS_SITE" });
    const text = await unchanged(() =>
      portal.fetch("/api/feedback", {
        method: "POST",
        body: "ya",
        headers: { origin: TEST_ORIGIN },
      }),
    );
    expect(await galatOf(text)).toMatchObject({ status: 400, code: "INPUT_MALFORMED" });
  });

  it("gives nothing of it to anybody who asks", async () => {
    expect((await portal.fetch("/api/feedback")).status).toBe(404);
    const described = await (await portal.fetch("/api/openapi.json")).json();
    const { paths } = described as { paths: Record<string, object> };
    expect(Object.keys(paths["/api/feedback"] ?? {})).toEqual(["post"]);
  });
});

describe("limits of feedback", () => {
  it("bars one address after its share, and no other", async () => {
    await using portal = await openTestPortal({
      env: { PULIH_LIMIT_FEEDBACK: "2", PULIH_TRUST_PROXY: "1" },
    });
    const send = (address: string) =>
      postJson(
        portal,
        "/api/feedback",
        { halaman: GUIDE, membantu: "ya" },
        { "x-forwarded-for": address },
      );
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await send("10.0.0.1")).status);
    expect(statuses).toEqual([201, 201, 429]);
    expect((await send("10.0.0.2")).status).toBe(201);
    expect(await portal.deps.db.orm.query.pageFeedback.findMany()).toHaveLength(3);
  });
});

describe("pulih feedback", () => {
  it("lists from a day on, counts by page, and deletes one entry", async () => {
    await using portal = await openTestPortal();
    const say = (day: string, halaman: string, membantu: string, saran = "") => {
      portal.clock.set(`${day}T03:00:00.000Z`);
      return postJson(portal, "/api/feedback", { halaman, membantu, saran });
    };
    await say("2026-11-01", GUIDE, "ya");
    await say("2026-11-02", GUIDE, "tidak", "Contoh\nsaran");
    await say("2026-11-03", "/dasar-hukum/uu-14-2008/", "ya");

    const env = { ...process.env, PULIH_DATA: portal.pathOf(".") };
    const pulih = (...args: string[]) =>
      promisify(execFile)(process.execPath, ["functions/cli/main.ts", "feedback", ...args], {
        cwd: root,
        env,
      }).then(
        ({ stdout }) => ({ code: 0, out: stdout, err: "" }),
        ({ code, stderr }: { code: number; stderr: string }) => ({ code, out: "", err: stderr }),
      );
    const json = async <T>(...args: string[]) =>
      JSON.parse((await pulih(...args, "--json")).out) as T;
    type Entries = { entries: { id: string; path: string; day: string }[] };

    const { entries } = await json<Entries>("list");
    expect(entries.map(({ day }) => day)).toEqual(["2026-11-03", "2026-11-02", "2026-11-01"]);
    const recent = await json<Entries>("list", "--sejak", "2026-11-02", "--halaman", GUIDE);
    expect(recent.entries).toEqual([entries[1]]);
    expect(await json("tally")).toEqual({
      pages: [
        { path: GUIDE, yes: 1, no: 1, comments: 1 },
        { path: "/dasar-hukum/uu-14-2008/", yes: 1, no: 0, comments: 0 },
      ],
    });
    expect((await pulih("list")).out).toContain(
      `${entries[1]?.id}  2 November 2026  tidak  ${GUIDE}\n    Contoh\n    saran\n`,
    );

    expect((await pulih("delete", entries[1]?.id ?? "")).out).toBe("Umpan balik dihapus.\n");
    expect((await json<Entries>("list")).entries).toHaveLength(2);
    expect((await pulih("delete", entries[1]?.id ?? "")).code).toBe(4);
    const wrong = await pulih("list", "--sejak", "kemarin");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("TTTT-BB-HH");
  });
});
