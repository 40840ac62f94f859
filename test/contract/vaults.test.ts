import { execFile } from "node:child_process";
import { copyFile, open, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { VaultConfig } from "#agent/config.ts";
import { HEADER_BYTES, PIECE_BYTES, TAG_BYTES } from "#agent/vault/object-format.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { storeOf } from "#support/vaults.ts";
import { vaultSuite } from "./vault-suite.ts";

const SEALED_BYTES = PIECE_BYTES + TAG_BYTES;

vaultSuite("restic", {
  streams: async (config) => {
    const listed = await restic(config, ["snapshots", "--json", "--tag", "stream"]);
    return ((JSON.parse(listed) ?? []) as { id: string }[]).map(({ id }) => id);
  },
  litter: async (config) =>
    (await restic(config, ["list", "locks", "--no-lock"])).split("\n").filter(Boolean),
  damages: {
    "a byte flipped in each large pack": async (config) => {
      const data = join(storeOf(config), "data");
      for (const name of await readdir(data, { recursive: true })) {
        const { size } = await stat(join(data, name));
        if (size > 1_000_000) await flip(join(data, name), Math.floor(size / 2));
      }
    },
    "the snapshot itself altered": async (config, { object }) =>
      flip(join(storeOf(config), "snapshots", object), 60),
  },
  lengths: [],
  unknownObject: "0".repeat(64),
});

vaultSuite("objects", {
  streams: async (config) =>
    (await readdir(join(storeOf(config), "objects"))).filter((name) => !name.includes(".")),
  litter: async (config) =>
    (await readdir(join(storeOf(config), "objects"))).filter((name) => name.includes(".")),
  damages: {
    "a byte flipped": (config, receipt) => flip(pathOf(config, receipt), 2 * SEALED_BYTES + 1000),
    "the last byte flipped": async (config, receipt) => {
      const { size } = await stat(pathOf(config, receipt));
      await flip(pathOf(config, receipt), size - 1);
    },
    "the header altered": (config, receipt) => flip(pathOf(config, receipt), 40),
    "the last byte cut off": async (config, receipt) => {
      const { size } = await stat(pathOf(config, receipt));
      await truncate(pathOf(config, receipt), size - 1);
    },
    "cut between two pieces": (config, receipt) =>
      truncate(pathOf(config, receipt), HEADER_BYTES + 3 * SEALED_BYTES),
    "cut within the header": (config, receipt) => truncate(pathOf(config, receipt), 10),
    "only the header left": (config, receipt) => truncate(pathOf(config, receipt), HEADER_BYTES),
    "a byte added": async (config, receipt) => {
      const whole = await readFile(pathOf(config, receipt));
      await writeFile(pathOf(config, receipt), Buffer.concat([whole, Buffer.from([0])]));
    },
    "two pieces swapped": async (config, receipt) => {
      const whole = await readFile(pathOf(config, receipt));
      const piece = (index: number): Buffer =>
        Buffer.from(whole.subarray(HEADER_BYTES + index * SEALED_BYTES).subarray(0, SEALED_BYTES));
      const [first, second] = [piece(0), piece(1)];
      second.copy(whole, HEADER_BYTES);
      first.copy(whole, HEADER_BYTES + SEALED_BYTES);
      await writeFile(pathOf(config, receipt), whole);
    },
    "another whole object in its place": (config, receipt, other) =>
      copyFile(pathOf(config, other), pathOf(config, receipt)),
  },
  lengths: [65_536, PIECE_BYTES, 3 * PIECE_BYTES - 1],
  unknownObject: "0".repeat(32),
});

async function flip(path: string, position: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte.writeUInt8(byte.readUInt8() ^ 0xff);
  await file.write(byte, 0, 1, position);
  await file.close();
}

function pathOf(config: VaultConfig, receipt: Receipt): string {
  return join(storeOf(config), "objects", receipt.object);
}

async function restic(config: VaultConfig, args: readonly string[]): Promise<string> {
  if (config.jenis !== "restic") throw new Error("not a restic vault");
  const where = ["-r", config.repositori, "--password-file", config.berkasSandi, "--no-cache"];
  const { stdout } = await promisify(execFile)("restic", [...where, ...args], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}
