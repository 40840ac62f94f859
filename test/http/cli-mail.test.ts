import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MailServer, startMailServer } from "#support/mail-server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("pulih mail", () => {
  let data: string;
  let server: MailServer;
  let refusal: { code: number; text: string } | null;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), "pulih-mail-"));
    refusal = null;
    server = await startMailServer({ refuse: () => refusal });
  });
  afterEach(async () => {
    await server.close();
    await rm(data, { recursive: true, force: true });
  });
  const pulih = (args: readonly string[], settings: Readonly<Record<string, string>> = {}) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const env = { ...process.env, PULIH_DATA: data, ...settings };
      execFile(
        process.execPath,
        ["functions/cli/main.ts", "mail", ...args],
        { cwd: root, env },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  const settings = () => ({
    PULIH_SMTP_URL: `smtp://127.0.0.1:${server.port}`,
    PULIH_MAIL_FROM: "pulih@dinas.contoh.go.id",
  });
  const test = ["test", "--ke", "budi@dinas.contoh.go.id"];

  it("sends a test at once, and says what the server answered where it did not take it", async () => {
    expect(await pulih(test, settings())).toEqual({
      code: 0,
      out: "Peladen surel menerima surel uji.\n",
      err: "",
    });
    expect(server.received).toMatchObject([
      { to: "budi@dinas.contoh.go.id", mail: { subject: "Surel uji dari portal Pulih" } },
    ]);
    refusal = { code: 550, text: "no such user" };
    const refused = await pulih([...test, "--json"], settings());
    expect(refused.code).toBe(75);
    expect(JSON.parse(refused.err)).toMatchObject({
      galat: { code: "MAIL_FAILED", perbaikan: [{ pesan: "Jawaban atau galatnya: 550." }] },
    });
  });

  it("names the setting where there is no server", async () => {
    const answer = await pulih(test);
    expect(answer.code).toBe(2);
    expect(answer.err).toContain("PULIH_SMTP_URL");
  });

  it("shows an empty queue", async () => {
    const { code, out } = await pulih(["queue", "--json"]);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { waiting: 0, sent: 0, givenUp: 0, oldestSeconds: 0, troubled: [] },
    ]);
  });
});
