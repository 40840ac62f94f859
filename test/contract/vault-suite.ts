/** What must hold of every vault. A vault is in when this suite passes with a backend of its own. */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Receipt } from "#protocol/manifest.ts";
import { eventually } from "#support/eventually.ts";
import { descendantsOf, isAlive } from "#support/proc.ts";
import { withSecret, writeVaultSecret } from "#support/vaults.ts";
import { farTests } from "./vault-far.ts";
import {
  drain,
  type Fixture,
  hashFromVault,
  manifestsOf,
  processes,
  putBytes,
  sha256,
  sizeOf,
  startPlace,
  type VaultPlace,
  type VaultSuite,
} from "./vault-fixture.ts";
import { keepingTests } from "./vault-keeping.ts";

const SIZE_20_MB = 20_000_000;
const DAMAGED_BYTES = 4_000_000;
const LINE_BYTES = 300_000;

/**
 * Of a place of restic's own kind only what depends on the place is looked at, unless everything is
 * asked for: each test there costs the derivation of a key several times.
 */
const IS_FULL = process.env["PULIH_FAULT"] === "full";

export function vaultSuite(name: string, suite: VaultSuite): void {
  const isWhole = suite.isWhole || IS_FULL;
  const deeper = (title: string, test: () => Promise<void>): void => {
    if (isWhole) it(title, test);
  };
  describe(`vault: ${name}`, () => {
    let place: VaultPlace;
    const start = (): Promise<Fixture> => place.fixture();
    beforeAll(async () => {
      place = await startPlace(suite);
    }, 60_000);
    afterAll(() => place[Symbol.asyncDispose]());

    it.each(isWhole ? [1, SIZE_20_MB, ...suite.lengths] : [SIZE_20_MB])(
      "gives back %i bytes as they were",
      async (size) => {
        await using fixture = await start();
        const bytes = randomBytes(size);
        const receipt = await putBytes(fixture, bytes);
        expect(receipt).toMatchObject({ vault: "gudang", bytes: size });
        expect(receipt.storedBytes).toBeGreaterThan(0);
        if (receipt.sha256 !== null) expect(receipt.sha256).toBe(sha256(bytes));
        expect(await suite.streams(fixture)).toEqual([receipt.object]);
        const found = await fixture.vault.verify(receipt);
        expect(found.bytes).toBe(size);
        expect(Buffer.from(found.tail).equals(bytes.subarray(-256))).toBe(true);
        for (const other of size === 1 ? [2] : [size - 1, size + 1]) {
          await expect(fixture.vault.verify({ ...receipt, bytes: other })).rejects.toMatchObject({
            code: "VAULT_CORRUPT",
          });
        }
        expect(await hashFromVault(fixture, receipt)).toBe(sha256(bytes));
        expect(await suite.litter(fixture)).toEqual([]);
      },
    );

    deeper(
      "leaves no trace after abort, stops the producer, and can be aborted again",
      async () => {
        await using fixture = await start();
        const before = await sizeOf(fixture.backend.root);
        const writer = await fixture.vault.put({ backup: "b" });
        const producer = await fixture.host.spawn(["cat", "/dev/urandom"], {
          stdout: { fd: writer.fd },
        });
        await eventually(
          "bytes are stored",
          async () => (await sizeOf(fixture.backend.root)) > before + 9_000_000,
        );
        await writer.abort();
        await writer.abort();
        expect((await producer.exit).signal).toBe("SIGPIPE");
        expect(writer.failure?.()).toBeNull();
        await expect(writer.commit()).rejects.toMatchObject({ code: "JOB_CANCELLED" });
        expect(await suite.streams(fixture)).toEqual([]);
        expect(await suite.litter(fixture)).toEqual([]);
      },
    );

    it.each(Object.keys(suite.damages).slice(isWhole ? 0 : -1))(
      "notices damage and never ends the reader's stream: %s",
      async (name) => {
        await using fixture = await start();
        const receipt = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
        const other = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
        await suite.damages[name]?.(fixture, receipt, other);
        await expect(fixture.vault.verify(receipt)).rejects.toMatchObject({
          code: "VAULT_CORRUPT",
        });
        const reader = await fixture.vault.get(receipt);
        const own = openSync(
          `/proc/self/fd/${reader.fd}`,
          constants.O_RDONLY | constants.O_NONBLOCK,
        );
        const isOver = reader.done.then(
          () => "ended",
          (error: { code: string }) => error.code,
        );
        let over: string | null = null;
        void isOver.then((code) => {
          over = code;
        });
        await eventually("the failure is told", () => drain(own) === "open" && over !== null);
        expect(over).toBe("VAULT_CORRUPT");
        await reader.close();
        expect(drain(own)).toBe("open");
        closeSync(own);
      },
    );

    deeper("refuses a wrong key and does not make a new store over it", async () => {
      await using fixture = await start();
      const receipt = await putBytes(fixture, randomBytes(1000));
      const stranger = join(fixture.dir, "stranger");
      await writeVaultSecret(stranger);
      const vault = fixture.reopen(withSecret(fixture.config, stranger));
      await expect(vault.prepare()).rejects.toMatchObject({ code: "VAULT_CREDENTIALS" });
      await expect(vault.verify(receipt)).rejects.toMatchObject({ code: "VAULT_CREDENTIALS" });
      expect(await fixture.vault.verify(receipt)).toMatchObject({ bytes: 1000 });
    });

    it("lists every manifest as it was stored, also from a new process, and never loses one", async () => {
      await using fixture = await start();
      expect(await manifestsOf(fixture.vault)).toEqual([]);
      const long = JSON.stringify({ payload: "é".repeat(300_000) });
      await fixture.vault.putManifest("b-1", '{"payload":"satu"}');
      await fixture.vault.putManifest("b-1", '{"payload":"satu"}');
      await fixture.vault.putManifest("b-2", long);
      const both = [
        ["b-1", '{"payload":"satu"}'],
        ["b-2", long],
      ];
      expect(await manifestsOf(fixture.vault)).toEqual(both);
      await fixture.vault.putManifest("b-1", '{"payload":"lain"}').catch(() => undefined);
      const again = await manifestsOf(fixture.reopen(fixture.config));
      for (const one of both) expect(again).toContainEqual(one);
      // A manifest is no stream.
      expect(await suite.streams(fixture)).toEqual([]);
    });

    it("takes two streams at once, and tells no program its secrets by argv", async () => {
      await using fixture = await start();
      const secrets = [
        (await readFile(fixture.secretFile, "utf8")).trim(),
        ...fixture.backend.secrets,
      ];
      const writers = await Promise.all(
        ["b-0", "b-1"].map((backup) => fixture.vault.put({ backup })),
      );
      const producers = await Promise.all(
        writers.map((writer) =>
          fixture.host.spawn(["cat"], { stdin: "lines", stdout: { fd: writer.fd } }),
        ),
      );
      // More than a pipe takes: both stores read by the time their producers have ended.
      for (const producer of producers) producer.write("a".repeat(LINE_BYTES - 1));
      for (const { pid, argv, env } of processes()) {
        for (const secret of secrets) expect(argv, `argv of ${pid}`).not.toContain(secret);
        // What restic takes in its address only stands in the environment of that restic.
        const isRestic = argv.split("\0")[0]?.endsWith("restic");
        if (!isRestic) for (const secret of secrets) expect(env.includes(secret)).toBe(false);
        expect(env.includes(secrets[0] ?? "")).toBe(false);
      }
      for (const producer of producers) producer.end();
      for (const producer of producers) expect((await producer.exit).code).toBe(0);
      const receipts = await Promise.all(writers.map((writer) => writer.commit()));
      for (const receipt of receipts) {
        expect(await fixture.vault.verify(receipt)).toMatchObject({ bytes: LINE_BYTES });
      }
      expect((await suite.streams(fixture)).sort()).toEqual(
        receipts.map((one) => one.object).sort(),
      );
    });

    deeper("is not hurt by kill -9 of the agent", async () => {
      await using fixture = await start();
      const dataDir = join(fixture.dir, "data");
      const order = JSON.stringify({ config: fixture.config, dataDir, mode: "hold", bytes: 0 });
      const before = await sizeOf(fixture.backend.root);
      const agent = spawn(process.execPath, ["test/support/vault-program.ts", order], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(agent.stdout, "data");
      await eventually(
        "bytes are stored",
        async () => (await sizeOf(fixture.backend.root)) > before + 9_000_000,
      );
      const children = descendantsOf(agent.pid ?? 0);
      agent.kill("SIGKILL");
      await once(agent, "exit");
      await eventually("its children are gone", () => !children.some(isAlive));
      expect(await suite.streams(fixture)).toEqual([]);
      await fixture.vault.prepare();
      const receipt = await putBytes(fixture, randomBytes(1000));
      expect(await fixture.vault.verify(receipt)).toMatchObject({ bytes: 1000 });
    });

    if (isWhole) {
      it("keeps equal streams apart and both readable", async () => {
        await using fixture = await start();
        const bytes = randomBytes(100_000);
        const first = await putBytes(fixture, bytes);
        const second = await putBytes(fixture, bytes);
        expect(first.object).not.toBe(second.object);
        for (const receipt of [first, second]) {
          expect(await fixture.vault.verify(receipt)).toMatchObject({ bytes: 100_000 });
        }
      });

      it("refuses an empty stream and leaves no trace of it", async () => {
        await using fixture = await start();
        const writer = await fixture.vault.put({ backup: "b" });
        await expect(writer.commit()).rejects.toMatchObject({ code: "ENGINE_DUMP_INCOMPLETE" });
        await writer.abort();
        expect(await suite.streams(fixture)).toEqual([]);
        expect(await suite.litter(fixture)).toEqual([]);
      });

      it("aborts by signal as well", async () => {
        await using fixture = await start();
        const abort = new AbortController();
        const writer = await fixture.vault.put({ backup: "b" }, abort.signal);
        const producer = await fixture.host.spawn(["cat", "/dev/urandom"], {
          stdout: { fd: writer.fd },
        });
        abort.abort();
        expect((await producer.exit).signal).toBe("SIGPIPE");
        await writer.abort();
        expect(await suite.streams(fixture)).toEqual([]);
        expect(await suite.litter(fixture)).toEqual([]);
      });

      it("does not take a killed producer's end for the stream's end", async () => {
        await using fixture = await start();
        const before = await sizeOf(fixture.backend.root);
        const writer = await fixture.vault.put({ backup: "b" });
        const producer = await fixture.host.spawn(["cat", "/dev/urandom"], {
          stdout: { fd: writer.fd },
        });
        await eventually(
          "bytes are stored",
          async () => (await sizeOf(fixture.backend.root)) > before + 9_000_000,
        );
        producer.kill();
        expect((await producer.exit).code).toBeNull();
        expect(await suite.streams(fixture)).toEqual([]);
        await writer.abort();
        expect(await suite.streams(fixture)).toEqual([]);
      });

      it("keeps a committed stream whatever is called afterwards", async () => {
        await using fixture = await start();
        const abort = new AbortController();
        const writer = await fixture.vault.put({ backup: "b" }, abort.signal);
        const producer = await fixture.host.spawn(["echo", "isi"], { stdout: { fd: writer.fd } });
        await producer.exit;
        const receipt = await writer.commit();
        await writer.abort();
        abort.abort();
        expect(await fixture.vault.verify(receipt)).toMatchObject({ bytes: 4 });
      });

      it("knows no stream that it did not store", async () => {
        await using fixture = await start();
        const receipt = await putBytes(fixture, randomBytes(10));
        const strangers: Receipt[] = [
          { ...receipt, object: suite.unknownObject },
          { ...receipt, object: "../../etc/passwd" },
          { ...receipt, object: "--help" },
          { ...receipt, vault: "lain" },
        ];
        for (const stranger of strangers) {
          await expect(fixture.vault.verify(stranger)).rejects.toMatchObject({
            code: "VAULT_BACKUP_UNKNOWN",
          });
        }
      });

      it("prepares again without changing anything, and refuses a store that is not the one it knew", async () => {
        await using fixture = await start();
        const receipt = await putBytes(fixture, randomBytes(1000));
        await fixture.vault.prepare();
        expect(await fixture.vault.verify(receipt)).toMatchObject({ bytes: 1000 });
        const elsewhere = fixture.backend.config(`${fixture.name}-unmounted`, fixture.secretFile);
        await expect(fixture.reopen(elsewhere).prepare()).rejects.toMatchObject({
          code: "VAULT_UNREACHABLE",
        });
        expect(await fixture.reopen(elsewhere, join(fixture.dir, "new-data")).prepare()).toBe(
          undefined,
        );
      });

      it("ends reading early without leaving a process, a lock or a descriptor", async () => {
        await using fixture = await start();
        const receipt = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
        const before = descendantsOf(process.pid);
        const reader = await fixture.vault.get(receipt);
        await reader.close();
        await reader.close();
        await expect(reader.done).rejects.toMatchObject({ code: expect.any(String) });
        expect(() => fstatSync(reader.fd)).toThrow(/EBADF/);
        // An ssh that restic started ends when it sees that nobody talks to it any more.
        await eventually("its programs are gone", () =>
          descendantsOf(process.pid).every((pid) => before.includes(pid)),
        );
        expect(await suite.litter(fixture)).toEqual([]);
      });

      it("tells the free space of a store on a local disk", async () => {
        await using fixture = await start();
        const free = await fixture.vault.freeBytes();
        if (suite.isOnLocalDisk) expect(free).toBeGreaterThan(0);
        else expect(free).toBeNull();
        const absent = fixture.backend.config(`${fixture.name}/not/yet`, fixture.secretFile);
        const freeThere = await fixture.reopen(absent).freeBytes();
        expect(freeThere === null).toBe(!suite.isOnLocalDisk);
      });
    }

    if (!suite.isOnLocalDisk) farTests(suite, start);
    keepingTests(suite, isWhole, start);

    if (suite.memoryBytes !== null) {
      it("needs no more memory for a long stream than for a short one", async () => {
        await using fixture = await start();
        const order = {
          config: fixture.config,
          dataDir: join(fixture.dir, "data"),
          mode: "measure",
          bytes: suite.memoryBytes,
        };
        const { stdout } = await promisify(execFile)(process.execPath, [
          "test/support/vault-program.ts",
          JSON.stringify(order),
        ]);
        const { grownBytes } = JSON.parse(stdout) as { grownBytes: number };
        expect(grownBytes).toBeLessThan(60_000_000);
      });
    }
  });
}
