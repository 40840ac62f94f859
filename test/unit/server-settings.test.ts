import { describe, expect, it } from "vitest";
import { readSettings } from "#functions/env.ts";
import { createDrafts } from "#functions/services/drafts.ts";

describe("settings", () => {
  it("have a default for everything, and take empty variables as not set", () => {
    const settings = readSettings({ PULIH_PORT: "", PATH: "/bin" }, "/srv/pulih");
    expect(settings).toMatchObject({
      data: "/srv/pulih/data",
      databaseUrl: "file:/srv/pulih/data/pulih.db",
      port: 3000,
      origin: null,
      sample: false,
      trustProxy: false,
    });
  });

  it("name every variable that cannot be used, and never its value", () => {
    const wrong = { PULIH_PORT: "banyak", PULIH_SECRET: "pendek-rahasia", PULIH_ORIGIN: "ftp://x" };
    try {
      readSettings(wrong, "/srv");
      expect.unreachable();
    } catch (error) {
      const { code, problems, message } = error as {
        code: string;
        problems: { field: string }[];
        message: string;
      };
      expect(code).toBe("INPUT_CONFIG");
      expect(problems.map((one) => one.field).sort()).toEqual([
        "PULIH_ORIGIN",
        "PULIH_PORT",
        "PULIH_SECRET",
      ]);
      expect(message).not.toContain("pendek-rahasia");
    }
  });
});

describe("drafts of forms", () => {
  it("are kept for a quarter of an hour, a bounded number of them, under ids that cannot be guessed", () => {
    let now = 0;
    let turn = 0;
    const randomBytes = (length: number) => {
      turn += 1;
      return new Uint8Array(length).map((_, index) => (turn >> (8 * index)) & 255);
    };
    const drafts = createDrafts({ now: () => new Date(now), randomBytes });
    const draft = { values: {}, problems: [], pesan: "x", status: 422 };
    const first = drafts.keep(draft);
    expect(first).toHaveLength(22);
    expect(drafts.read(first)).toEqual(draft);
    now += 15 * 60_000;
    expect(drafts.read(first)).toBeNull();
    const second = drafts.keep(draft);
    for (let more = 0; more < 600; more += 1) drafts.keep(draft);
    expect(drafts.read(second)).toBeNull();
    expect(drafts.read("tidak-ada")).toBeNull();
  });
});
