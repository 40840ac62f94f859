import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFile,
  chmod,
  chown,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TargetConfig } from "#agent/config.ts";
import { directory } from "#agent/engines/directory.ts";
import type { Host } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";
import { sshHost } from "#agent/ssh/host.ts";
import { type Sshd, startSshd } from "#support/sshd.ts";
import { tempDir } from "#support/temp-dir.ts";
import { shows } from "../fault/faults.ts";
import { dumpToFile, type EngineFixture, engineSuite } from "./engine-suite.ts";

const run = promisify(execFile);
const names = { side: "r_0123456789", old: "o_0123456789" };
const isRoot = process.getuid?.() === 0;

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
});

engineSuite("directory, on this machine", {
  engine: directory,
  start: () => fixture(() => Promise.resolve(localHost())),
});
engineSuite("directory, over SSH", { engine: directory, start: () => fixture(overSsh) });

function overSsh(): Promise<Host> {
  return sshHost({
    jenis: "ssh",
    host: sshd.host,
    port: sshd.port,
    pengguna: sshd.user,
    berkasKunci: sshd.keyFile,
    kunciHost: sshd.hostKey,
  });
}

async function fixture(
  openHost: () => Promise<Host> = () => Promise.resolve(localHost()),
): Promise<EngineFixture & { readonly tree: string; readonly parent: string }> {
  const dir = await tempDir();
  const parent = join(dir.path, "spasi 'dan\" $(petik)");
  const tree = join(parent, "-situs\nbaru");
  await mkdir(tree, { recursive: true });
  await fill(tree);
  const host = await openHost();
  return {
    tree,
    parent,
    target: targetFor(tree),
    absent: targetFor(join(parent, "tidak-ada")),
    io: {
      host,
      signal: new AbortController().signal,
      now: () => new Date(),
      log: () => {},
    },
    damage: async () => {
      await rm(join(tree, "unggahan"), { recursive: true });
      await appendFile(join(tree, "index.html"), "diretas");
      await rename(join(tree, "kode", "a.php"), join(tree, "kode", "z.php"));
    },
    change: async () => {
      await rm(join(tree, "unggahan"), { recursive: true });
      const b = join(tree, "kode", "dalam", "sekali", "b.php");
      const { atime, mtime } = await stat(b);
      // Same size, same time: only the content tells.
      await writeFile(b, "y".repeat(300_000));
      await utimes(b, atime, mtime);
      await rename(join(tree, "kode", "a.php"), join(tree, "kode", "z.php"));
      await rm(join(tree, "kode", "tautan"));
      await symlink("../ke/lain", join(tree, "kode", "tautan"));
      await writeFile(join(tree, "baru"), "");
      await chmod(join(tree, "é–中😀"), 0o600);
      await mkdir(join(tree, "warga\nbaru"));
      for (const name of ["1", "2"]) await writeFile(join(tree, "warga\nbaru", name), name);
      return [
        { name: ".", added: 0, changed: 1, lost: 1 },
        { name: "./kode", added: 1, changed: 2, lost: 1 },
        { name: "./unggahan", added: 2, changed: 0, lost: 0 },
        { name: "./warga\nbaru", added: 0, changed: 0, lost: 2 },
      ];
    },
    remove: () => rm(tree, { recursive: true }),
    question: null,
    physical: null,
    mutate: () => writeFile(join(tree, `baru-${Math.random()}`), "tulisan baru"),
    independentDigest: () => readByAnotherTool(tree),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** What a tree may hold: names that are not text, links, holes, owners, ACLs, attributes, no content. */
async function fill(tree: string): Promise<void> {
  await writeFile(join(tree, "index.html"), "<h1>Selamat datang</h1>");
  await mkdir(join(tree, "kode", "dalam", "sekali"), { recursive: true });
  await writeFile(join(tree, "kode", "a.php"), "<?php 1;", { mode: 0o755 });
  await writeFile(join(tree, "kode", "dalam", "sekali", "b.php"), "x".repeat(300_000));
  await mkdir(join(tree, "unggahan"), { mode: 0o2750 });
  await writeFile(join(tree, "unggahan", "surat \\ ke-2\n.pdf"), "isi");
  await writeFile(
    Buffer.concat([Buffer.from(join(tree, "unggahan/")), Buffer.from([0xff, 0xfe, 0x0a])]),
    "nama bukan UTF-8",
  );
  await mkdir(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xe9])]));
  await writeFile(join(tree, "é–中😀"), "");
  await mkdir(join(tree, "kosong"));
  await symlink("../tidak/ada", join(tree, "kode", "tautan"));
  await symlink("kode", join(tree, "tautan-folder"));
  await link(join(tree, "index.html"), join(tree, "kode", "index-lain.html"));
  const sparse = await open(join(tree, "berlubang"), "w");
  await sparse.write("akhir", 8 * 1024 * 1024);
  await sparse.close();
  await utimes(join(tree, "kode", "a.php"), 1_000_000_000.25, 1_000_000_000.25);
  await run("setfacl", ["-m", "u:12345:rw", join(tree, "kode", "a.php")]);
  await run("setfattr", ["-n", "user.asal", "-v", "kaltim", join(tree, "index.html")]);
  await chmod(join(tree, "kosong"), 0o1777);
  if (isRoot) await chown(join(tree, "unggahan"), 12_345, 23_456);
}

function targetFor(direktori: string): TargetConfig {
  return TargetConfig.parse({
    alias: "berkas-situs",
    vault: "gudang",
    izin: ["backup", "restore", "check"],
    engine: "directory",
    direktori,
  });
}

/** A sorted tar with ACLs and attributes, and the attributes as getfacl and getfattr tell them. */
async function readByAnotherTool(tree: string): Promise<string> {
  const hash = createHash("sha256");
  const read = async (argv: string[]) => {
    const [file = "", ...args] = argv;
    const { stdout } = await run(file, args, {
      cwd: tree,
      encoding: "buffer",
      maxBuffer: 256 * 1024 * 1024,
    });
    hash.update(stdout);
  };
  // Times of folders change by merely making names in them, and are not promised.
  await read(["find", ".", "-type", "d", "-exec", "touch", "-d", "@0", "{}", "+"]);
  await read([
    ...["tar", "--create", "--file=-", "--sort=name", "--numeric-owner", "--format=posix"],
    ...["--acls", "--xattrs", "--pax-option=delete=atime,delete=ctime,exthdr.name=%f", "."],
  ]);
  await read(["getfacl", "-R", "-n", "-p", "."]);
  return hash.digest("hex");
}

/** Dumps the target and loads the side copy. */
async function withSide(one: EngineFixture) {
  await using dump = await dumpToFile(directory, one);
  await dump.load(names);
  return { manifest: dump.manifest, report: dump.report };
}

describe("engine directory on its own", () => {
  it("keeps holes, hard links, ACLs, attributes, owners and times of files", {
    tags: shows("directory", 43),
  }, async () => {
    await using one = await fixture();
    await withSide(one);
    const side = `${one.tree}.${names.side}`;
    const sparse = await stat(join(side, "berlubang"));
    expect(sparse.size).toBe(8 * 1024 * 1024 + 5);
    expect(sparse.blocks * 512).toBeLessThan(1024 * 1024);
    expect((await stat(join(side, "index.html"))).ino).toBe(
      (await stat(join(side, "kode", "index-lain.html"))).ino,
    );
    expect((await stat(join(side, "kode", "a.php"))).mtimeMs).toBe(1_000_000_000_250);
    expect((await run("getfacl", ["-n", "-p", join(side, "kode", "a.php")])).stdout).toContain(
      "user:12345:rw-",
    );
    const attribute = ["--only-values", "-n", "user.asal", join(side, "index.html")];
    expect((await run("getfattr", attribute)).stdout).toBe("kaltim");
    if (isRoot) expect((await stat(join(side, "unggahan"))).uid).toBe(12_345);
  });

  it("leaves out FIFOs, sockets and devices and says how many", {
    tags: shows("directory", 43),
  }, async () => {
    await using one = await fixture();
    await run("mkfifo", [join(one.tree, "pipa")]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(one.tree, "s"), resolve));
    const { report } = await withSide(one);
    server.close();
    expect(report.recreate.skippedSpecials).toBe("2");
    const side = await readdir(`${one.tree}.${names.side}`);
    expect(side).not.toContain("pipa");
    expect(side).not.toContain("s");
    const found = await directory.digest(one.target, "side", names, one.io);
    expect(found).toEqual(report.content);
  });

  it.each<[string, (tree: string) => Promise<unknown>]>([
    [
      "one byte of a file",
      (tree) => writeFile(join(tree, "index.html"), "<h1>Selamat Datang</h1>"),
    ],
    ["a mode", (tree) => chmod(join(tree, "kode"), 0o700)],
    ["the mode of the tree itself", (tree) => chmod(tree, 0o700)],
    ["the size of a hole", (tree) => truncate(join(tree, "berlubang"), 9 * 1024 * 1024)],
    ["a time of change", (tree) => utimes(join(tree, "kode", "a.php"), 5, 5)],
    [
      "the target of a link",
      async (tree) => {
        await rm(join(tree, "tautan-folder"));
        await symlink("kosong", join(tree, "tautan-folder"));
      },
    ],
    [
      "a hard link that became a copy",
      async (tree) => {
        const { atime, mtime } = await stat(join(tree, "index.html"));
        await rm(join(tree, "kode", "index-lain.html"));
        await writeFile(join(tree, "kode", "index-lain.html"), "<h1>Selamat datang</h1>");
        await utimes(join(tree, "kode", "index-lain.html"), atime, mtime);
      },
    ],
    ["an empty folder", (tree) => mkdir(join(tree, "kode", "baru"))],
    [
      "files that swapped names",
      async (tree) => {
        await rename(join(tree, "kode", "a.php"), join(tree, "x"));
        await rename(join(tree, "index.html"), join(tree, "kode", "a.php"));
        await rename(join(tree, "x"), join(tree, "index.html"));
      },
    ],
  ])("sees in the digest: %s", async (_what, change) => {
    await using one = await fixture();
    const before = await directory.digest(one.target, "live", names, one.io);
    await change(one.tree);
    const after = await directory.digest(one.target, "live", names, one.io);
    expect(after.digest).not.toBe(before.digest);
  });

  it("bounds the manifest of a tree with thousands of folders and still sees each of them", async () => {
    await using one = await fixture();
    const folders = Array.from({ length: 1_500 }, (_, index) => join(one.tree, `warga-${index}`));
    for (const folder of folders) await mkdir(folder);
    const before = await directory.digest(one.target, "live", names, one.io);
    expect(before.entries.length).toBeLessThanOrEqual(256);
    await chmod(join(one.tree, "warga-777"), 0o700);
    const after = await directory.digest(one.target, "live", names, one.io);
    expect(after.digest).not.toBe(before.digest);
  });

  it("fails a dump while whose reading a file changed, and tells that a second try may help", {
    tags: shows("directory", 43),
  }, async () => {
    await using one = await fixture();
    let spawned = 0;
    const host: Host = {
      ...one.io.host,
      spawn: async (argv, options) => {
        spawned += 1;
        // The third program is tar: names and contents were read by then.
        if (spawned === 3) await appendFile(join(one.tree, "index.html"), "!");
        return one.io.host.spawn(argv, options);
      },
    };
    const dump = dumpToFile(directory, { ...one, io: { ...one.io, host } });
    await expect(dump).rejects.toMatchObject({
      code: "ENGINE_DUMP_INCOMPLETE",
      detail: { changedWhileRead: true },
    });
  });

  it("undoes a swap that a crash cut between its two renames", async () => {
    await using one = await fixture();
    const before = await one.independentDigest();
    await withSide(one);
    await rename(one.tree, `${one.tree}.${names.old}`);
    expect(await directory.swapState(one.target, names, one.io)).toBe("between");
    await directory.rollback(one.target, names, one.io);
    await directory.dropSide(one.target, names, one.io);
    expect(await directory.swapState(one.target, names, one.io)).toBe("before");
    expect(await one.independentDigest()).toBe(before);
    expect(await readdir(one.parent)).toEqual(["-situs\nbaru"]);
  });

  it("brings the former data back where a service made the folder anew between the renames", async () => {
    await using one = await fixture();
    const before = await one.independentDigest();
    await withSide(one);
    await rename(one.tree, `${one.tree}.${names.old}`);
    await mkdir(one.tree);
    await writeFile(join(one.tree, "log"), "layanan menyala");
    expect(await directory.swapState(one.target, names, one.io)).toBe("between");
    await directory.rollback(one.target, names, one.io);
    expect(await one.independentDigest()).toBe(before);
    expect(await readdir(one.parent)).toEqual(["-situs\nbaru"]);
  });

  it("refuses a symbolic link, and a tree with another file system in it", async () => {
    await using one = await fixture();
    const { manifest } = await withSide(one);
    await symlink(one.tree, join(one.parent, "tautan"));
    const linked = targetFor(join(one.parent, "tautan"));
    await expect(directory.inspect(linked, one.io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
    });
    const proc = targetFor("/proc");
    await expect(directory.preflight(proc, manifest, one.io)).rejects.toMatchObject({
      code: "ENGINE_UNSUPPORTED",
    });
  });
});
