/** Faults of targets that the guide for operators lists, made in earnest: doctor names each and its mending. */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMariadb } from "#support/mariadb.ts";
import { startPostgres } from "#support/postgres.ts";
import { startSshd } from "#support/sshd.ts";
import { type FakePortal, startPortal } from "../agent/fake-portal.ts";

import { directoryTarget, one, type RawTarget, siteOf } from "./doctor-site.ts";

const run = promisify(execFile);

let portal: FakePortal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal[Symbol.asyncDispose]());
const site = (options?: Parameters<typeof siteOf>[1]) => siteOf(portal, options);

describe("doctor on a target", () => {
  it("a tool that is not installed, by name", async () => {
    await using server = await startMariadb();
    await server.sql("", "CREATE DATABASE situs");
    const berkasOpsi = await server.optionFile();
    await using at = await site({
      target: async () => ({ engine: "mariadb", database: "situs", berkasOpsi }),
    });
    expect(await at.wrong()).toEqual([]);
    const hidden = await at.wrong({ hide: "/usr/bin/mariadb-dump" });
    expect(hidden).toEqual(one("sasaran db", /mariadb-dump/, /pasang program mariadb-dump/));
  });

  it("rights that a dump needs, by name, and a wrong password", async () => {
    await using server = await startMariadb();
    await server.sql(
      "",
      `CREATE DATABASE situs; CREATE USER 'kurang'@'localhost' IDENTIFIED BY 'x1';
       GRANT SELECT, SHOW VIEW, LOCK TABLES, RELOAD, PROCESS ON *.* TO 'kurang'@'localhost'`,
    );
    for (const [password, what, mend] of [
      ["x1", /hak kurang: TRIGGER, EVENT/, /beri akun agen hak: TRIGGER, EVENT/],
      ["salah", /ENGINE_CONNECT/, /kata sandi/],
    ] as const) {
      const berkasOpsi = await server.optionFile({ user: "kurang", password });
      await using at = await site({
        target: async () => ({ engine: "mariadb", database: "situs", berkasOpsi }),
      });
      expect(await at.wrong()).toEqual(one("sasaran db", what, mend));
    }
  });

  it("an older dump tool than the server, a wrong password, and a restore without a superuser", async () => {
    await using server = await startPostgres();
    await server.psql("postgres", "CREATE DATABASE simpeg");
    await server.psql(
      "simpeg",
      "CREATE TABLE t (x int); CREATE ROLE kurang LOGIN PASSWORD 'x1' IN ROLE pg_read_all_data, pg_monitor",
    );
    const target = (pengguna: string, berkasSandi: string) => async () => ({
      engine: "postgres",
      host: server.host,
      port: server.port,
      database: "simpeg",
      pengguna,
      berkasSandi,
    });
    await using at = await site({ target: target(server.superuser, server.passFile) });
    const programs = join(at.dir, "lama");
    await mkdir(programs);
    await writeFile(join(programs, "pg_dump"), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.4'\n", {
      mode: 0o755,
    });
    const older = await at.wrong({ programs });
    expect(older).toEqual(one("sasaran db", /server \d+\.\d+, alat 12\.4/, /pasang alat/));

    const wrongPass = join(at.dir, "pgpass");
    await writeFile(wrongPass, `127.0.0.1:${server.port}:*:*:salah\n`, { mode: 0o600 });
    await using other = await site({ target: target(server.superuser, wrongPass) });
    expect(await other.wrong()).toEqual(one("sasaran db", /ENGINE_CONNECT/, /kata sandi/));

    await at.backup();
    expect(await at.wrong()).toEqual([]);
    const lowPass = join(at.dir, "pgpass-kurang");
    await writeFile(lowPass, `127.0.0.1:${server.port}:*:kurang:x1\n`, { mode: 0o600 });
    const raw = (await readFile(at.file, "utf8"))
      .replace(`pengguna: ${server.superuser}`, "pengguna: kurang")
      .replace(server.passFile, lowPass);
    await writeFile(at.file, raw, { mode: 0o600 });
    expect(await at.wrong()).toEqual(one("pemulihan db", /bukan superuser/, /SUPERUSER/));
  });

  it("an SSH key that is not let in, and a host that shows another key", async () => {
    await using sshd = await startSshd();
    const ssh = (over: RawTarget) => async (dir: string) => ({
      ...(await directoryTarget(dir)),
      tempat: {
        jenis: "ssh",
        host: sshd.host,
        port: sshd.port,
        pengguna: sshd.user,
        berkasKunci: sshd.keyFile,
        kunciHost: sshd.hostKey,
        ...over,
      },
    });
    const strange = join(sshd.dir, "strange");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", strange]);
    await using refused = await site({ target: ssh({ berkasKunci: strange }) });
    expect(await refused.wrong()).toEqual(one("sasaran db", /SSH_CONNECT/, /kunci/));
    const [type, key] = (await readFile(`${strange}.pub`, "utf8")).split(" ");
    await using changed = await site({ target: ssh({ kunciHost: `${type} ${key?.trim()}` }) });
    expect(await changed.wrong()).toEqual(one("sasaran db", /SSH_HOST_KEY/, /servernya benar/));
  });

  it("no room for the side copy, a mount point, and file systems within", async () => {
    await using at = await site({ target: directoryTarget });
    await at.backup();
    const direktori = join(at.dir, "berkas", "unggahan");
    const mounted = async (where: string, size: string, act: () => Promise<void>) => {
      await mkdir(where, { recursive: true });
      await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", where]);
      await act().finally(() => run("umount", ["-l", where]));
    };
    await mounted(join(direktori, "dalam"), "1m", async () => {
      const [found] = await at.wrong();
      expect([found]).toEqual(one("pemulihan db", /sistem berkas lain/, /sasaran sendiri/));
    });
    await rm(join(direktori, "dalam"), { recursive: true });
    await mounted(direktori, "4m", async () => {
      await writeFile(join(direktori, "a.bin"), Buffer.alloc(1_500_000, 7));
      const found = await at.wrong();
      expect(found).toEqual(one("pemulihan db", /titik pasang/, /folder di dalamnya/));
      await writeFile(join(direktori, "b.bin"), Buffer.alloc(1_500_000, 7));
      const tight = await at.wrong();
      expect(tight[0]).toEqual(one("sasaran db", /tidak akan muat/, /tambah ruang/)[0]);
    });
  });

  it("copies that nobody knows of, and those a killed drill has left", async () => {
    await using at = await site();
    await cp(join(at.dir, "arsip.db"), join(at.dir, "arsip.db.r_0123456789"));
    expect(await at.wrong()).toEqual(one("salinan db", /r_0123456789 tidak dikenal/, /hapus/));
  });
});
