import { AppError } from "#domain/errors.ts";
import { readFrom, writeTo } from "../process/fd-stream.ts";
import type { Running } from "../process/host.ts";
import { openPipe } from "../process/pipe.ts";
import { inTree, topOf } from "./directory-tree.ts";
import type { EngineIo, UnitChange } from "./engine.ts";

/** Files whose contents are read in one go; so many names are held at a time. */
const BATCH_MAX = 2_000;
/** Stands behind the path, which never holds two slashes in a row. */
const MARK = Buffer.from("//");
const EMPTY = Buffer.alloc(0);

interface Named {
  /** Path with the mark, in the order of `sort`. */
  readonly key: Buffer;
  readonly path: Buffer;
  readonly isFile: boolean;
  /** What the digest counts besides content: type, mode, owner, and time and size of files. */
  readonly facts: string;
}

/**
 * Files and links that only one of two trees has, and those of one path that differ, per top-level
 * folder. Names come sorted from both trees and are merged, so none but those of a batch is held.
 */
export async function changesBetween(
  live: string,
  side: string,
  io: EngineIo,
): Promise<UnitChange[]> {
  const changes = new Map<string, { added: number; changed: number; lost: number }>();
  const count = (kind: "added" | "changed" | "lost", path: Buffer) => {
    const unit = topOf(path, false);
    const change = changes.get(unit) ?? { added: 0, changed: 0, lost: 0 };
    change[kind] += 1;
    changes.set(unit, change);
  };
  let batch: Buffer[] = [];
  const compareContents = async () => {
    const [here, there] = [await hashesOf(live, batch, io), await hashesOf(side, batch, io)];
    for (const [index, path] of batch.entries()) {
      if (here[index] !== there[index]) count("changed", path);
    }
    batch = [];
  };
  const [mine, theirs] = [sortedNames(live, io), sortedNames(side, io)];
  try {
    let [one, other] = [await mine.next(), await theirs.next()];
    while (!(one.done && other.done)) {
      const order = one.done ? 1 : other.done ? -1 : Buffer.compare(one.value.key, other.value.key);
      if (order < 0 && !one.done) count("lost", one.value.path);
      if (order > 0 && !other.done) count("added", other.value.path);
      if (order === 0 && !one.done && !other.done) {
        if (one.value.facts !== other.value.facts) count("changed", one.value.path);
        else if (one.value.isFile) batch.push(one.value.path);
        if (batch.length === BATCH_MAX) await compareContents();
      }
      if (order <= 0) one = await mine.next();
      if (order >= 0) other = await theirs.next();
    }
    await compareContents();
  } finally {
    await mine.return(undefined);
    await theirs.return(undefined);
  }
  return [...changes].map(([name, change]) => ({ name, ...change }));
}

async function* sortedNames(directory: string, io: EngineIo): AsyncGenerator<Named, undefined> {
  const [found, sorted] = [await openPipe(), await openPipe()];
  const programs: Running[] = [];
  const { signal } = io;
  try {
    const sort = await io.host.spawn(["env", "LC_ALL=C", "sort", "--zero-terminated"], {
      stdin: { fd: found.readFd },
      stdout: { fd: sorted.writeFd },
      signal,
    });
    programs.push(sort);
    const sortEnd = sort.exit.finally(() => sorted.closeWrite());
    const names = ["(", "-type", "f", "-o", "-type", "l", ")"];
    const format = "%P//%y %m %U %G %s %T@ %l\\0";
    const find = await io.host.spawn(
      inTree(directory, ["find", ".", ...names, "-printf", format]),
      {
        stdout: { fd: found.writeFd },
        signal,
      },
    );
    programs.push(find);
    const findEnd = find.exit.finally(() => found.closeWrite());
    for await (const field of fieldsOf(sorted.readFd)) yield named(field);
    if ((await findEnd).code !== 0 || (await sortEnd).code !== 0) throw unread();
  } finally {
    for (const program of programs) program.kill();
    for (const pipe of [found, sorted]) {
      pipe.closeWrite();
      pipe.closeRead();
    }
  }
}

function named(field: Buffer): Named {
  const end = field.indexOf(MARK);
  const [type = "", mode, uid, gid, size, modified = "", ...rest] = field
    .subarray(end + MARK.length)
    .toString("latin1")
    .split(" ");
  const isFile = type === "f";
  const facts = [type, mode, uid, gid];
  // As in the digest: whole seconds, and of links only where they lead.
  facts.push(...(isFile ? [size, modified.split(".")[0]] : rest));
  return {
    key: field.subarray(0, end + MARK.length),
    path: field.subarray(0, end),
    isFile,
    facts: facts.join(" "),
  };
}

/** SHA-256 of each file, in the order of the names. */
async function hashesOf(
  directory: string,
  paths: readonly Buffer[],
  io: EngineIo,
): Promise<string[]> {
  if (paths.length === 0) return [];
  const [names, hashes] = [await openPipe(), await openPipe()];
  try {
    const argv = ["xargs", "--null", "--no-run-if-empty", "sha256sum", "--zero", "--"];
    const running = await io.host.spawn(inTree(directory, argv), {
      stdin: { fd: names.readFd },
      stdout: { fd: hashes.writeFd },
      signal: io.signal,
    });
    const exit = running.exit.finally(() => hashes.closeWrite());
    const list = writeTo(names.writeFd);
    // Where the program ends early its exit says so; the broken pipe is only the consequence.
    list.on("error", () => undefined);
    const [dot, end] = [Buffer.from("./"), Buffer.from([0])];
    list.end(Buffer.concat(paths.flatMap((path) => [dot, path, end])), () => names.closeWrite());
    const out: string[] = [];
    for await (const field of fieldsOf(hashes.readFd)) {
      out.push(field.subarray(0, 64).toString("latin1"));
    }
    if ((await exit).code !== 0 || out.length !== paths.length) throw unread();
    return out;
  } finally {
    for (const pipe of [names, hashes]) {
      pipe.closeWrite();
      pipe.closeRead();
    }
  }
}

async function* fieldsOf(fd: number): AsyncGenerator<Buffer> {
  let rest: Buffer = EMPTY;
  for await (const chunk of readFrom(fd) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, from)) {
      const field = chunk.subarray(from, end);
      yield rest.length === 0 ? field : Buffer.concat([rest, field]);
      rest = EMPTY;
      from = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
  }
  if (rest.length > 0) throw unread();
}

function unread(): AppError {
  return new AppError("ENGINE_CONNECT", "the trees could not be read whole");
}
