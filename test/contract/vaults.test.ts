import { execFile } from "node:child_process";
import { copyFile, open, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { HEADER_BYTES, PIECE_BYTES, TAG_BYTES } from "#agent/vault/object-format.ts";
import type { Receipt } from "#protocol/manifest.ts";
import {
  filesIn,
  localBackend,
  restBackend,
  s3Backend,
  sftpBackend,
  type VaultBackend,
} from "#support/vault-backends.ts";
import type { Store, VaultSuite } from "./vault-fixture.ts";
import { vaultSuite } from "./vault-suite.ts";

const SEALED_BYTES = PIECE_BYTES + TAG_BYTES;

type Backend = () => Promise<VaultBackend>;

const RESTIC: Omit<VaultSuite, "start"> = {
  streams: async (store) => (await streamSnapshots(store)).map(({ id }) => id),
  orphans: async (store) =>
    (await streamSnapshots(store))
      .filter(({ tags }) => tags.includes("orphan"))
      .map(({ id }) => id),
  litter: async (store) =>
    (await restic(store, ["list", "locks", "--no-lock"])).split("\n").filter(Boolean),
  damages: {
    "a byte flipped in each large pack": async ({ folder }) => {
      const data = join(folder, "data");
      for (const name of await readdir(data, { recursive: true })) {
        const { size } = await stat(join(data, name));
        if (size > 1_000_000) await flip(join(data, name), Math.floor(size / 2));
      }
    },
    "the snapshot itself altered": async ({ folder, backend }, { object }) =>
      flip(join(folder, "snapshots", `${object}${backend.ending}`), 60),
  },
  lengths: [],
  unknownObject: "0".repeat(64),
  isOnLocalDisk: false,
  mayDelete: true,
  refusal: /^VAULT_CREDENTIALS$/,
  isWhole: false,
  memoryBytes: null,
};

const OBJECTS: Omit<VaultSuite, "start"> = {
  streams: async (store) => (await objectsIn(store)).filter((name) => !name.includes(".")),
  orphans: async (store) =>
    (await objectsIn(store))
      .filter((name) => name.endsWith(".orphan"))
      .map((name) => name.slice(0, -".orphan".length)),
  litter: async (store) => [
    ...(await objectsIn(store)).filter((name) => name.endsWith(".part")),
    ...(await store.backend.uploads()).filter((id) => !store.uploadsBefore.includes(id)),
  ],
  damages: {
    "a byte flipped": (store, receipt) => flip(pathOf(store, receipt), 2 * SEALED_BYTES + 1000),
    "the last byte flipped": async (store, receipt) => {
      const { size } = await stat(pathOf(store, receipt));
      await flip(pathOf(store, receipt), size - 1);
    },
    "the header altered": (store, receipt) => flip(pathOf(store, receipt), 40),
    "the last byte cut off": async (store, receipt) => {
      const { size } = await stat(pathOf(store, receipt));
      await truncate(pathOf(store, receipt), size - 1);
    },
    "cut between two pieces": (store, receipt) =>
      truncate(pathOf(store, receipt), HEADER_BYTES + 3 * SEALED_BYTES),
    "cut within the header": (store, receipt) => truncate(pathOf(store, receipt), 10),
    "only the header left": (store, receipt) => truncate(pathOf(store, receipt), HEADER_BYTES),
    "a byte added": async (store, receipt) => {
      const whole = await readFile(pathOf(store, receipt));
      await writeFile(pathOf(store, receipt), Buffer.concat([whole, Buffer.from([0])]));
    },
    "two pieces swapped": async (store, receipt) => {
      const whole = await readFile(pathOf(store, receipt));
      const piece = (index: number): Buffer =>
        Buffer.from(whole.subarray(HEADER_BYTES + index * SEALED_BYTES).subarray(0, SEALED_BYTES));
      const [first, second] = [piece(0), piece(1)];
      second.copy(whole, HEADER_BYTES);
      first.copy(whole, HEADER_BYTES + SEALED_BYTES);
      await writeFile(pathOf(store, receipt), whole);
    },
    "another whole object in its place": (store, receipt, other) =>
      copyFile(pathOf(store, other), pathOf(store, receipt)),
  },
  lengths: [65_536, PIECE_BYTES, 3 * PIECE_BYTES - 1],
  unknownObject: "0".repeat(32),
  isOnLocalDisk: false,
  mayDelete: true,
  refusal: /^VAULT_CREDENTIALS$/,
  isWhole: true,
  memoryBytes: null,
};

const RESTIC_PLACES: readonly (readonly [string, Backend, Partial<VaultSuite>])[] = [
  [
    "restic, local",
    () => localBackend("restic"),
    { isOnLocalDisk: true, isWhole: true, memoryBytes: 300_000_000 },
  ],
  // What ssh says last may be lost when it ends; then only the lost session is known.
  ["restic, SFTP", sftpBackend, { refusal: /^VAULT_(CREDENTIALS|UNREACHABLE)$/ }],
  ["restic, REST", () => restBackend({ appendOnly: false }), {}],
  ["restic, REST append-only", () => restBackend({ appendOnly: true }), { mayDelete: false }],
  ["restic, S3", () => s3Backend("restic"), {}],
];
for (const [name, start, more] of RESTIC_PLACES) vaultSuite(name, { ...RESTIC, ...more, start });

vaultSuite("objects, directory", {
  ...OBJECTS,
  isOnLocalDisk: true,
  memoryBytes: 300_000_000,
  start: () => localBackend("objects"),
});
vaultSuite("objects, S3", {
  ...OBJECTS,
  memoryBytes: 120_000_000,
  start: () => s3Backend("objects-s3"),
});

async function flip(path: string, position: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte.writeUInt8(byte.readUInt8() ^ 0xff);
  await file.write(byte, 0, 1, position);
  await file.close();
}

function objectsIn({ backend, folder }: Store): Promise<string[]> {
  return filesIn(backend, join(folder, "objects"));
}

function pathOf({ backend, folder }: Store, receipt: Receipt): string {
  return join(folder, "objects", `${receipt.object}${backend.ending}`);
}

async function streamSnapshots(store: Store): Promise<{ id: string; tags: string[] }[]> {
  const listed = await restic(store, ["snapshots", "--json", "--no-lock", "--tag", "stream"]);
  return (JSON.parse(listed) ?? []) as { id: string; tags: string[] }[];
}

async function restic(store: Store, args: readonly string[]): Promise<string> {
  const outside = store.backend.outside(store.name);
  const where = [...outside.args, "--password-file", store.secretFile, "--no-cache"];
  const { stdout } = await promisify(execFile)("restic", [...where, ...args], {
    maxBuffer: 16 * 1024 * 1024,
    env: { ...process.env, ...outside.env },
  });
  return stdout;
}
