import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { shows } from "../fault/faults.ts";
import { command, startAgent } from "./agent-process.ts";
import { approvedParts } from "./approved-offer.ts";
import { type FakePortal, startPortal } from "./fake-portal.ts";
import { furnish, ROW_SECRET } from "./workshop.ts";

const at = new Date();

interface Site {
  readonly config: string;
  readonly database: string;
  readonly vaultSecret: string;
  readonly portal: FakePortal;
}

/** A host with a config file; enrolled unless said otherwise. */
async function site(dir: TempDir, portal: FakePortal, isEnrolled = true): Promise<Site> {
  const { config, database, vaultSecret } = await furnish(dir.path, portal.base);
  const file = join(dir.path, "agen.yaml");
  await writeFile(file, stringify(config), { mode: 0o600 });
  if (isEnrolled)
    expect((await command("enroll", "--config", file, "--kode", "KODE-BENAR")).code).toBe(0);
  return { config: file, database, vaultSecret, portal };
}

describe("enrolment by the command line", () => {
  test("shows the fingerprint that the portal shows, and is done once", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config } = await site(dir, portal, false);
    const wrong = await command("enroll", "--config", config, "--kode", "SALAH", "--json");
    expect(wrong.code).toBe(10);
    expect(JSON.parse(wrong.stderr)).toMatchObject({ galat: { code: "AGENT_CODE" } });
    const done = await command("enroll", "--config", config, "--kode", "KODE-BENAR", "--json");
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toEqual({
      agent: "agent-1",
      fingerprint: expect.stringMatching(/^(\w{4}-){5}\w{4}$/),
    });
    const again = await command("enroll", "--config", config, "--kode", "KODE-BENAR");
    expect(again.code).toBe(5);
    expect(again.stderr).toMatch(/^Agen ini sudah terdaftar\..* \(AGENT_ENROLLED\)\n$/);
  });

  test("is asked for before anything that signs", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config } = await site(dir, portal, false);
    for (const words of [["run"], ["backup", "db"], ["backups"]]) {
      const ended = await command(...words, "--config", config, "--json");
      expect(ended.code, words[0]).toBe(10);
      expect(ended.stderr, words[0]).toContain("AGENT_UNKNOWN");
    }
  });
});

describe("a killed agent", () => {
  test("between effect and report sends the same result again and does not repeat the effect", {
    tags: shows("agent", 3),
  }, async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config } = await site(dir, portal);
    portal.offer(await approvedParts({ at }));
    const first = startAgent("run", "--config", config);
    const unheard: string[] = [];
    portal.trouble = async (route, response, request) => {
      if (!route.endsWith("/finish") || unheard.length > 0) return false;
      for await (const part of request) unheard.push(String(part));
      first.signal("SIGKILL");
      response.destroy();
      return true;
    };
    expect((await first.ended).signal).toBe("SIGKILL");
    expect(unheard).not.toHaveLength(0);

    await using second = startAgent("run", "--config", config);
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result.outcome).toBe("succeeded");
    const { payload } = JSON.parse(unheard.join("")) as { payload: string };
    const sent = JSON.parse(Buffer.from(payload, "base64url").toString());
    expect(Buffer.from(sent.result.payload, "base64").toString()).toBe(
      portal.job("job-1").results[0]?.bytes,
    );

    // A portal that lost its memory offers it again: it is not run again.
    portal.release("job-1");
    const refusal = await portal.until("the refusal", () => portal.job("job-1").refusal);
    expect(refusal.reason).toBe("already_started");
    second.signal("SIGTERM");
    await second.ended;
    expect(portal.job("job-1").results).toHaveLength(1);
    const listed = JSON.parse((await command("backups", "--config", config, "--json")).stdout);
    expect(listed.backups).toHaveLength(1);
    expect(listed.backups[0]).toMatchObject({ alias: "db" });
  });

  test("in the middle of the work reports it as interrupted in the same epoch, and lists no half backup", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config, database } = await site(dir, portal);
    const db = new DatabaseSync(database);
    db.exec("CREATE TABLE besar AS SELECT randomblob(40000000) AS isi");
    db.close();
    portal.offer(await approvedParts({ at }));
    const first = startAgent("run", "--config", config);
    portal.trouble = (route) => {
      if (route.endsWith("/events")) first.signal("SIGKILL");
      return false;
    };
    await first.ended;
    portal.trouble = null;
    await using second = startAgent("run", "--config", config);
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result).toMatchObject({
      epoch: 1,
      outcome: "failed",
      error: { code: "JOB_INTERRUPTED" },
      targets: [],
    });
    second.signal("SIGTERM");
    await second.ended;
    expect(JSON.parse((await command("backups", "--config", config, "--json")).stdout)).toEqual({
      backups: [],
    });
  });
});

describe("a running agent", () => {
  test("ends by SIGTERM with 143 and by SIGINT with 130, and tells the portal", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config } = await site(dir, portal);
    for (const [signal, code] of [
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ] as const) {
      await using agent = startAgent("run", "--config", config);
      const polls = portal.polls.length;
      await portal.until("a poll", () => portal.polls.length > polls);
      agent.signal(signal);
      expect((await agent.ended).code).toBe(code);
    }
    expect(portal.sessions).toHaveLength(2);
    expect(portal.ended).toEqual(portal.sessions);
  });

  test("is alone with its data folder", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config } = await site(dir, portal);
    await using agent = startAgent("run", "--config", config);
    await portal.until("a poll", () => portal.polls[0]);
    const other = await command("run", "--config", config, "--json");
    expect(other.code).toBe(5);
    expect(other.stderr).toContain("AGENT_RUNNING");
    agent.signal("SIGTERM");
    await agent.ended;
  });

  test("tells the portal of a backup that the operator made beside it", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config } = await site(dir, portal);
    await using agent = startAgent("run", "--config", config);
    await portal.until("a poll", () => portal.polls[0]);
    const made = await command("backup", "db", "--config", config, "--json");
    expect(made.code).toBe(0);
    expect(made.stderr).toBe("");
    const { backup } = JSON.parse(made.stdout) as { backup: { id: string } };
    await portal.until("the catalog", () =>
      portal.polls.some((poll) => poll.catalog?.backups.some((one) => one.id === backup.id)),
    );
    agent.signal("SIGTERM");
    await agent.ended;
  });

  test("writes JSON lines to its log, without rows, keys or paths of credentials' contents", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config, vaultSecret } = await site(dir, portal);
    portal.offer(await approvedParts({ at }));
    await using agent = startAgent("run", "--config", config);
    await portal.until("the result", () => portal.job("job-1").results[0]);
    agent.signal("SIGTERM");
    const { stderr, stdout } = await agent.ended;
    expect(stdout).toBe("");
    const lines = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { message: string });
    expect(lines.map((line) => line.message)).toEqual(
      expect.arrayContaining([
        "agent starts",
        "session opened",
        "job started",
        "job ended",
        "agent ends",
      ]),
    );
    for (const secret of [ROW_SECRET, vaultSecret, "KODE-BENAR"])
      expect(stderr).not.toContain(secret);
  });
});
