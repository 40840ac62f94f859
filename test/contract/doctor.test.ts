/** Faults of the agent, its vaults and its promises that the guide for operators lists, made in earnest. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeState, freshState } from "#agent/care/state.ts";
import { beginRestoreJournal } from "#agent/restore/restore-journal.ts";
import { eventually } from "#support/eventually.ts";
import { writeVaultSecret } from "#support/vaults.ts";
import { type FakePortal, startPortal } from "../agent/fake-portal.ts";

import { directoryTarget, doctor, HOUR, one, siteOf, sqliteTarget } from "./doctor-site.ts";

const run = promisify(execFile);

let portal: FakePortal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal[Symbol.asyncDispose]());
const site = (options?: Parameters<typeof siteOf>[1]) => siteOf(portal, options);

describe("doctor on the agent itself", () => {
  it("finds nothing at a sound site with a backup, and changes nothing there", async () => {
    await using at = await site();
    await at.backup();
    const state = async () =>
      (
        await run("sh", ["-c", "find . -not -name '*.db*' -printf '%p %T@ %s\\n' | sort"], {
          cwd: at.dir,
        })
      ).stdout;
    const before = await state();
    expect(await at.wrong()).toEqual([]);
    expect(await state()).toBe(before);
  });

  it("a config that everybody may write", async () => {
    await using at = await site();
    await chmod(at.file, 0o666);
    const { code, stderr } = await doctor(at.file, {});
    expect(code).toBe(2);
    expect(stderr).toContain("chmod o-w");
  });

  it("a key file that everybody may read", async () => {
    await using at = await site();
    await chmod(join(at.dir, "secret"), 0o644);
    const { code, stderr } = await doctor(at.file, {});
    expect(code).toBe(2);
    expect(stderr).toContain("chmod 600");
  });

  it("a lost key", async () => {
    await using at = await site();
    await rm(join(at.config.data, "agent-key.json"));
    expect(await at.wrong()).toEqual(one("kunci agen", /hilang/, /agent-key\.json/));
  });

  it("an agent that was never enrolled", async () => {
    await using at = await site();
    await rm(join(at.config.data, "identity.json"));
    expect(await at.wrong()).toEqual(one("pendaftaran", /belum terdaftar/, /enroll/));
  });

  it("a portal that cannot be reached", async () => {
    await using at = await site({ portal: "http://127.0.0.1:9" });
    expect(await at.wrong()).toEqual(one("portal", /tidak dapat dihubungi/, /jaringan/));
  });

  it("a clock that differs from the portal's", async () => {
    const server = createServer((_request, response) => {
      response.setHeader("date", new Date(Date.now() - 2 * HOUR).toUTCString()).end("{}");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      await using at = await site({ portal: `http://127.0.0.1:${port}` });
      expect(await at.wrong()).toEqual(one("jam", /selisih dengan portal 7\d\d\d detik/, /NTP/));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("a restore that did not end", async () => {
    await using at = await site();
    const journal = await beginRestoreJournal(at.config.data, {
      step: "begin",
      at: new Date().toISOString(),
      job: "job-9",
      targets: [{ alias: "db", engine: "sqlite", backup: "b" }],
    } as Parameters<typeof beginRestoreJournal>[1]);
    await journal.close();
    expect(await at.wrong()).toEqual(one("sisa pemulihan", /job-9 \(db\)/, /pulih-agent run/));
  });
});

describe("doctor on a vault", () => {
  it("that is gone, has another key, or is no longer the one it was", async () => {
    await using at = await site();
    await at.backup();
    const store = join(at.dir, "store");
    await cp(store, `${store}.lama`, { recursive: true });
    const lost = await at.backup();
    await rm(store, { recursive: true });
    await cp(`${store}.lama`, store, { recursive: true });
    expect(await at.wrong()).toEqual(
      one(
        "tempat cadangan gudang",
        new RegExp(`1 cadangan db hilang: ${lost}`),
        /media yang benar/,
      ),
    );
    await writeVaultSecret(join(at.dir, "secret"));
    const locked = await at.wrong();
    expect(locked).toEqual(one("tempat cadangan gudang", /VAULT_CREDENTIALS/, /berkas kunci/));
    await rm(store, { recursive: true });
    const gone = await at.wrong();
    expect(gone).toEqual(one("tempat cadangan gudang", /VAULT_UNREACHABLE/, /Periksa/));
  });

  it("of restic: a wrong password, and a lock that a killed process has left", async () => {
    await using at = await site({ jenis: "restic" });
    await at.backup();
    const child = spawn(
      "restic",
      ["-r", join(at.dir, "store"), "-p", join(at.dir, "secret"), "backup", "--stdin"],
      { stdio: ["pipe", "ignore", "ignore"] },
    );
    child.stdin.on("error", () => undefined);
    const locks = join(at.dir, "store", "locks");
    // Written under another name first.
    const isLock = (name: string) => /^[0-9a-f]{64}$/.test(name);
    await eventually("a lock", async () => (await readdir(locks)).some(isLock));
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await at.wrong()).toEqual(
      one("tempat cadangan gudang", new RegExp(`proses ${child.pid} di`), /restic unlock/),
    );
    await writeVaultSecret(join(at.dir, "secret"));
    const locked = await at.wrong();
    expect(locked).toEqual(one("tempat cadangan gudang", /VAULT_CREDENTIALS/, /berkas kunci/));
  });

  it("that is nearly full", async () => {
    await using at = await site({ target: directoryTarget });
    const store = join(at.dir, "store");
    await mkdir(store);
    await run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", store]);
    try {
      await at.backup();
      await writeFile(join(store, "lain"), Buffer.alloc(700_000, 1));
      expect(await at.wrong()).toEqual(
        one("tempat cadangan gudang", /ruang kosong .* cadangan berikutnya/, /tambah ruang/),
      );
    } finally {
      await run("umount", ["-l", store]);
    }
  });

  it("with a stream that no manifest names", async () => {
    await using at = await site();
    await at.backup();
    const objects = join(at.dir, "store", "objects");
    const [name = ""] = await readdir(objects);
    const stray = join(objects, "f".repeat(32));
    await cp(join(objects, name), stray);
    expect(await at.wrong()).toEqual([]);
    const before = new Date(Date.now() - 25 * HOUR);
    await utimes(stray, before, before);
    expect(await at.wrong()).toEqual(
      one("tempat cadangan gudang", /1 aliran tanpa manifes/, /retain/),
    );
  });
});

describe("doctor on what the operator has promised", () => {
  it("a newest backup that is too old, and a proof that is missing", async () => {
    await using at = await site({
      target: async (dir) => ({
        ...(await sqliteTarget(dir)),
        jadwal: { cron: "0 1 * * *", rpoJam: 24 },
        ujiPulih: { cron: "0 3 * * 0", batasHari: 7 },
      }),
    });
    const since = new Date(Date.now() - 20 * 24 * HOUR);
    await changeState(at.config.data, "db", since, () => freshState(since));
    await at.backup(-48);
    const found = await at.wrong();
    expect(found.map(({ about, what }) => [about, what])).toEqual([
      ["perawatan db", "cadangan terbaru lebih tua dari batas"],
      ["perawatan db", "sudah terlalu lama tanpa bukti pemulihan"],
    ]);
    await at.backup();
    expect((await at.wrong()).map(({ what }) => what)).toEqual([
      "sudah terlalu lama tanpa bukti pemulihan",
    ]);
  });
});
