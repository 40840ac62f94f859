/**
 * A place: one target of an engine with its users, whose whole state can be put aside and brought
 * back, so that an agent can be killed in front of the same state again and again.
 */
import { execFile } from "node:child_process";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EngineId } from "#protocol/manifest.ts";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";
import type { TestTarget } from "#support/work-context.ts";

/** What users are told of a target that is not there. */
export const GONE = "gone";

export interface Place {
  readonly engine: EngineId;
  readonly target: TestTarget;
  /** Passwords and marked rows, which nobody may ever be told. */
  readonly secrets: readonly string[];
  /** Rows changed, tables dropped: what a restore is asked for. */
  damage(): Promise<void>;
  /** Nothing is live any more. */
  lose(): Promise<void>;
  /** What users read, by a way that knows nothing of the engine; GONE where nothing is live. */
  content(): Promise<string>;
  /** Users at work. Throws where they are kept out. */
  write(): Promise<void>;
  /** Side and kept copies, sockets and temporary files beside what is live. */
  remains(): Promise<string[]>;
  /** Puts the whole state aside under a name. */
  save(state: string): Promise<void>;
  /** Brings it back, whatever was there meanwhile. */
  reset(state: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server that lives in one folder and is stopped and started by commands. */
export interface FolderServer {
  readonly dir: string;
  /** Its data, within that folder. */
  readonly data: string;
  readonly service: { readonly hentikan: readonly string[]; readonly mulai: readonly string[] };
  /** Ends it as a crash would. */
  crash(): Promise<void>;
  /** Resolves where it answers. */
  ask(): Promise<unknown>;
}

/** `save` and `reset` of a server by its files, and what lies in its folder beyond those. */
export async function folderStates(server: FolderServer) {
  const states = await tempDir();
  const usual = new Set([...(await readdir(server.dir)), "log", "postmaster.pid", "pid", "s"]);
  const isThere = async () => (await readdir(server.data).catch(() => [])).length > 0;
  const start = async () => {
    if (!(await isThere())) return;
    await execute(server.service.mulai);
    await eventually("the server answers", () => server.ask().then(yes, no), 60_000);
  };
  return {
    save: async (state: string) => {
      if (await isThere()) await execute(server.service.hentikan);
      await copyAll(server.dir, join(states.path, state));
      await start();
    },
    reset: async (state: string) => {
      await server.crash();
      for (const name of await readdir(server.dir)) {
        await rm(join(server.dir, name), { recursive: true, force: true, maxRetries: 5 });
      }
      await copyAll(join(states.path, state), server.dir);
      await start();
    },
    isThere,
    /** Copies and sockets. */
    beside: async () =>
      (await readdir(server.dir)).filter((name) => !usual.has(name) && !name.startsWith(".s.")),
    [Symbol.asyncDispose]: () => states[Symbol.asyncDispose](),
  };
}

const yes = () => true;
const no = () => false;

/** Stopped by a command or a crash, a server has no socket to be copied. */
async function copyAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await execute(["cp", "-a", "--", `${from}/.`, to]);
}

/** What a program prints; its stdin is the text. */
export async function execute(
  [file = "", ...args]: readonly string[],
  text = "",
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = promisify(execFile)(file, args, {
    cwd: "/",
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  child.child.stdin?.on("error", () => undefined).end(text);
  return (await child).stdout.trimEnd();
}
