import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import journal from "#db/migrations/meta/_journal.json" with { type: "json" };

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("pulih, the admin's command line", () => {
  let data: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "pulih-cli-"));
  });
  afterAll(async () => {
    await rm(data, { recursive: true, force: true });
  });

  const pulih = (args: readonly string[], input = "") =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const env = { ...process.env, PULIH_DATA: data };
      const child = execFile(
        process.execPath,
        ["functions/cli/main.ts", ...args],
        { cwd: root, env },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
      child.stdin?.end(input);
    });
  const json = async (...args: string[]) => {
    const { code, out, err } = await pulih([...args, "--json"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    return JSON.parse(out) as Record<string, unknown>;
  };
  const account = ["--surel", "a@dinas.go.id", "--nama", "CONTOH"];

  it("makes schema, account and position, and shows a made password once", async () => {
    expect(await json("migrate")).toEqual({ applied: journal.entries.length });
    const made = await json("user", "add", ...account);
    expect(String(made["password"])).toHaveLength(16);
    const given = await pulih(
      ["user", "add", "--surel", "b@dinas.go.id", "--nama", "B"],
      "sandi-yang-panjang\n",
    );
    expect(given.code).toBe(0);
    expect(given.out).not.toContain("sandi");
    const post = [
      "--instansi",
      "kaltim",
      "--jabatan",
      "pengelola",
      "--sejak",
      "2026-01-01",
      "--dasar",
      "SK",
    ];
    expect((await pulih(["position", "add", "--surel", "a@dinas.go.id", ...post])).out).toBe(
      "Jabatan ditetapkan.\n",
    );
  });

  it("makes the first admin, but never of one who holds a position", async () => {
    expect(await json("user", "admin", "--surel", "b@dinas.go.id")).toEqual({
      person: expect.any(String) as string,
    });
    const holder = await pulih(["user", "admin", "--surel", "a@dinas.go.id"]);
    expect(holder.code).toBe(5);
    expect(holder.err).toContain("tidak memegang jabatan");
  });

  it("refuses in Indonesian, with one JSON object and the exit code of the table", async () => {
    const twice = await pulih(["user", "add", ...account, "--json"]);
    expect(twice.code).toBe(2);
    expect(JSON.parse(twice.err)).toMatchObject({
      galat: { code: "INPUT_INVALID", perbaikan: [{ field: "surel" }] },
    });
    const absent = await pulih(["agent", "approve", "tidak-ada", "--sidik", "X"]);
    expect(absent.code).toBe(4);
    expect(absent.err).toContain("tidak ditemukan");
    const usage = await pulih(["agent", "approve"]);
    expect(usage.code).toBe(2);
    expect(usage.err).toContain("--help");
  });

  it("makes a code for one agent, lists agents, and checks the projections", async () => {
    const code = await json("agent", "code", "--instansi", "kukar");
    expect(code).toMatchObject({ agencies: ["kukar"] });
    expect(String(code["code"])).toMatch(/^([A-Z2-9]{5}-){3}[A-Z2-9]{5}$/);
    expect(await json("agent", "list")).toEqual({ agents: [] });
    expect(await json("rebuild", "--check")).toEqual({
      requests: 0,
      differing: [],
      cells: 0,
      cellsDiffering: [],
    });
    expect(await json("job", "list")).toEqual({ jobs: [] });
  });
});
