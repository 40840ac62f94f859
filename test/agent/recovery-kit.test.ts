import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { tempDir } from "#support/temp-dir.ts";
import { command } from "./agent-process.ts";
import { startPortal } from "./fake-portal.ts";
import { furnish } from "./workshop.ts";

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL("../../src/agent/main.ts", import.meta.url));

async function enrolledSite() {
  const temp = await tempDir();
  await using portal = await startPortal();
  const { config, vaultSecret } = await furnish(temp.path, portal.base);
  const file = join(temp.path, "agen.yaml");
  await writeFile(file, stringify(config), { mode: 0o600 });
  const enrolled = await command("enroll", "--config", file, "--kode", "KODE-BENAR");
  expect(enrolled.code).toBe(0);
  return {
    dir: temp.path,
    file,
    config,
    vaultSecret,
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

test("the kit goes to a new file of its owner alone, never over another one", async () => {
  await using site = await enrolledSite();
  const out = join(site.dir, "perangkat.txt");
  const done = await command("recovery-kit", "--config", site.file, "--keluar", out);
  expect(done).toMatchObject({ code: 0, stderr: "" });
  expect(done.stdout).not.toContain(site.vaultSecret);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  expect(await readFile(out, "utf8")).toContain(site.vaultSecret);
  const again = await command("recovery-kit", "--config", site.file, "--keluar", out);
  expect(again.code).toBe(5);
});

test("an open kit never goes into a pipe, but to a terminal", async () => {
  await using site = await enrolledSite();
  const piped = await command("recovery-kit", "--config", site.file);
  expect(piped).toMatchObject({ code: 2, stdout: "" });
  expect(piped.stderr).toContain("--keluar");
  // script(1) gives the command a terminal of its own.
  const line = `'${process.execPath}' '${MAIN}' recovery-kit --config '${site.file}'`;
  const { stdout } = await run("script", ["--quiet", "--return", "--command", line, "/dev/null"]);
  expect(stdout).toContain("PERANGKAT PEMULIHAN DARURAT");
});

test("a kit sealed by age goes anywhere and is opened by each of its recipients only", async () => {
  await using site = await enrolledSite();
  const keys = [await generateIdentity(), await generateIdentity()];
  const recipients = await Promise.all(keys.map(identityToRecipient));
  const words = recipients.flatMap((recipient) => ["--untuk", recipient]);
  const sealed = await command("recovery-kit", "--config", site.file, ...words);
  expect(sealed.code).toBe(0);
  expect(sealed.stdout).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  expect(sealed.stdout).not.toContain(site.vaultSecret);
  for (const identity of keys) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const text = await decrypter.decrypt(armor.decode(sealed.stdout), "text");
    expect(text).toContain(site.vaultSecret);
  }
  const stranger = new Decrypter();
  stranger.addIdentity(await generateIdentity());
  await expect(stranger.decrypt(armor.decode(sealed.stdout), "text")).rejects.toThrow();
  const wrong = await command("recovery-kit", "--config", site.file, "--untuk", "age1salah");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("bukan kunci age");
});

test("before enrolment there is no agent the kit could name", async () => {
  await using site = await enrolledSite();
  const { config } = site;
  const file = join(site.dir, "baru.yaml");
  await writeFile(file, stringify({ ...config, data: join(site.dir, "baru") }), { mode: 0o600 });
  const ended = await command("recovery-kit", "--config", file, "--keluar", join(site.dir, "k"));
  expect(ended.code).toBe(10);
});
