import { createHash } from "node:crypto";
import { AppError } from "#domain/errors.ts";
import type { ContentDigest } from "#protocol/manifest.ts";
import { readFrom } from "../process/fd-stream.ts";
import { openPipe } from "../process/pipe.ts";
import { contentDigest } from "./content-digest.ts";
import type { EngineIo } from "./engine.ts";

/**
 * tree-1: one entry per top-level folder ("." for what lies directly in the tree). An entry's digest
 * is a sum of SHA-256 modulo 2^256 over its names, so it needs no order and no memory: per name type,
 * mode, owner, group, size and whole seconds of change of files, target of links; per file its
 * content; per set of hard links its names. ACLs and extended attributes travel but do not count.
 */
export const TREE_DIGEST = "tree-1";

/** A home of thousands of folders would make a manifest of megabytes; above this, folders share entries. */
const ENTRIES_MAX = 1_000;
const MODULUS = 1n << 256n;
const EMPTY = Buffer.alloc(0);

export interface TreeState {
  /** Changes whenever a name, its status or its content changes: it covers inodes and change times. */
  readonly fingerprint: string;
  /** FIFOs, sockets and devices: not data, left out of dumps. */
  readonly specials: number;
  /** File systems the tree spans. */
  readonly devices: number;
  readonly inventory: Readonly<Record<string, number>>;
}

/** One name of a tree as find(1) tells it. */
interface Name {
  readonly type: string;
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
  readonly size: string;
  readonly modified: string;
  readonly links: number;
  readonly device: string;
  readonly inode: string;
  /** Relative to the tree; empty for the tree itself. Bytes, since names need not be text. */
  readonly path: Buffer;
  readonly linkTarget: Buffer;
  readonly record: Buffer;
}

/** What names the tree has now, without reading contents. */
export async function stateOfTree(directory: string, io: EngineIo): Promise<TreeState> {
  const scan = await scanNames(directory, io, () => {});
  return scan.state;
}

/** Content of the tree with the state it was read in. */
export async function readTree(
  directory: string,
  io: EngineIo,
): Promise<{ readonly state: TreeState; readonly content: ContentDigest }> {
  const entries = new Entries();
  const { state, hardLinks } = await scanNames(directory, io, (name) => {
    if (isSpecial(name.type)) return;
    const isFile = name.type === "f";
    const facts = [name.type, name.mode, name.uid, name.gid];
    // Size and times of folders and links are the file system's affair.
    if (isFile) facts.push(name.size, name.modified);
    entries.add(
      topOf(name.path, name.type === "d"),
      [Buffer.from(`name ${facts.join(" ")}`), name.path, name.linkTarget],
      isFile ? 1 : 0,
    );
  });
  for (const paths of hardLinks) {
    const [first = EMPTY] = paths.sort(Buffer.compare);
    entries.add(topOf(first, false), [Buffer.from("links"), ...paths], 0);
  }
  const argv = ["find", ".", "-type", "f", "-exec", "sha256sum", "-z", "--", "{}", "+"];
  await readFields(inTree(directory, argv), io, (field) => {
    // "<64 hex>  ./<path>"
    const path = field.subarray(68);
    entries.add(topOf(path, false), [Buffer.from("data"), field.subarray(0, 64), path], 0);
  });
  const content = await contentDigest({
    algorithm: TREE_DIGEST,
    inventory: state.inventory,
    entries: entries.list(),
  });
  return { state, content };
}

/** argv that runs a tool inside the tree, with messages in English and names as bytes. */
export function inTree(directory: string, argv: readonly string[]): string[] {
  return ["env", "-C", directory, "LC_ALL=C", ...argv];
}

async function scanNames(
  directory: string,
  io: EngineIo,
  visit: (name: Name) => void,
): Promise<{ state: TreeState; hardLinks: Buffer[][] }> {
  const inventory = { files: 0, directories: 0, symlinks: 0, hardlinks: 0 };
  const devices = new Set<string>();
  const linked = new Map<string, Buffer[]>();
  let specials = 0;
  let sum = 0n;
  let fields: Buffer[] = [];
  const format = "%y %m %U %G %s %T@ %C@ %n %D %i\\0%P\\0%l\\0";
  await readFields(inTree(directory, ["find", ".", "-printf", format]), io, (field) => {
    fields.push(field);
    if (fields.length < 3) return;
    const name = nameOf(fields);
    sum = (sum + hashOf(fields)) % MODULUS;
    fields = [];
    devices.add(name.device);
    if (isSpecial(name.type)) specials += 1;
    else if (name.type === "d") inventory.directories += 1;
    else if (name.type === "l") inventory.symlinks += 1;
    else inventory.files += 1;
    if (name.type === "f" && name.links > 1) {
      const key = `${name.device}:${name.inode}`;
      const paths = linked.get(key);
      if (paths) paths.push(name.path);
      else linked.set(key, [name.path]);
    }
    visit(name);
  });
  // A file with a name outside the tree is no link inside it.
  const hardLinks = [...linked.values()].filter((paths) => paths.length > 1);
  inventory.hardlinks = hardLinks.reduce((count, paths) => count + paths.length - 1, 0);
  return {
    state: { fingerprint: sum.toString(16), specials, devices: devices.size, inventory },
    hardLinks,
  };
}

function nameOf([record = EMPTY, path = EMPTY, linkTarget = EMPTY]: readonly Buffer[]): Name {
  const [
    type = "",
    mode = "",
    uid = "",
    gid = "",
    size = "",
    modified = "",
    ,
    links,
    device,
    inode,
  ] = record.toString("latin1").split(" ");
  return {
    ...{ type, mode, uid, gid, size, path, linkTarget, record },
    modified: modified.split(".")[0] ?? "",
    links: Number(links),
    device: device ?? "",
    inode: inode ?? "",
  };
}

function isSpecial(type: string): boolean {
  return type !== "f" && type !== "d" && type !== "l";
}

/** Sums per entry, folded where there are too many. */
class Entries {
  readonly #byName = new Map<string, { count: number; sum: bigint }>();

  add(name: string, parts: readonly Buffer[], count: number): void {
    const entry = this.#byName.get(name) ?? { count: 0, sum: 0n };
    this.#byName.set(name, {
      count: entry.count + count,
      sum: (entry.sum + hashOf(parts)) % MODULUS,
    });
  }

  list(): { name: string; count: number; digest: string }[] {
    const folded = this.#byName.size > ENTRIES_MAX ? new Entries() : this;
    if (folded !== this) {
      for (const [name, entry] of this.#byName) {
        const bucket = `#${createHash("sha256").update(name).digest("hex").slice(0, 2)}`;
        const sum = hashOf([Buffer.from(name), Buffer.from(entry.sum.toString(16))]);
        folded.#addSum(bucket, sum, entry.count);
      }
    }
    return [...folded.#byName].map(([name, { count, sum }]) => ({
      name,
      count,
      digest: sum.toString(16).padStart(64, "0"),
    }));
  }

  #addSum(name: string, sum: bigint, count: number): void {
    const entry = this.#byName.get(name) ?? { count: 0, sum: 0n };
    this.#byName.set(name, {
      count: entry.count + count,
      sum: (entry.sum + sum) % MODULUS,
    });
  }
}

/** Each part with its length before it, so that no two lists of parts give the same bytes. */
function hashOf(parts: readonly Buffer[]): bigint {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return BigInt(`0x${hash.digest("hex")}`);
}

/** The top-level folder a path lies in, as text that is different for different bytes. */
export function topOf(path: Buffer, isDirectory: boolean): string {
  const slash = path.indexOf(0x2f);
  if (slash === -1 && (!isDirectory || path.length === 0)) return ".";
  const top = slash === -1 ? path : path.subarray(0, slash);
  const text = top.toString("utf8");
  const isText = Buffer.from(text).equals(top);
  return isText ? `./${text}` : `./%${top.toString("hex")}`;
}

/** Runs a tool whose output is fields that end in NUL. */
async function readFields(
  argv: readonly string[],
  io: EngineIo,
  onField: (field: Buffer) => void,
): Promise<void> {
  const pipe = await openPipe();
  try {
    const running = await io.host.spawn(argv, {
      stdout: { fd: pipe.writeFd },
      signal: io.signal,
    });
    const exit = running.exit.finally(() => pipe.closeWrite());
    let rest: Buffer = EMPTY;
    for await (const chunk of readFrom(pipe.readFd) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, from)) {
        const field = chunk.subarray(from, end);
        onField(rest.length === 0 ? Buffer.from(field) : Buffer.concat([rest, field]));
        rest = EMPTY;
        from = end + 1;
      }
      rest = Buffer.concat([rest, chunk.subarray(from)]);
    }
    const { code } = await exit;
    if (code !== 0 || rest.length > 0) {
      throw new AppError("ENGINE_CONNECT", "the tree could not be read whole", {
        detail: { tool: argv[4], code },
      });
    }
  } finally {
    pipe.closeWrite();
    pipe.closeRead();
  }
}
