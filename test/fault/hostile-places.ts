/** Places in which a server is hard to keep: no room, no tools, no one who answers, users who insist. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { promisify } from "node:util";
import type { Host } from "#agent/process/host.ts";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";
import type { WholeServer } from "./whole-servers.ts";

const run = promisify(execFile);

/** What a file system keeps free for the live server, and too little for a second one. */
const SPARE_BYTES = 4 * 1024 * 1024;

/** A user who writes row after row, and comes again at once where he is sent away. */
export function userWhoComesAgain(server: WholeServer, from: number) {
  const accepted: number[] = [];
  let refused = 0;
  let isOver = false;
  const work = (async () => {
    for (let row = from; !isOver; row += 1) {
      await server.write(row).then(
        () => accepted.push(row),
        () => {
          refused += 1;
        },
      );
    }
  })();
  const end = async (): Promise<void> => {
    isOver = true;
    await work;
  };
  return {
    accepted: () => accepted,
    refused: () => refused,
    /** From now on once more. */
    isLetIn: async () => {
      const before = accepted.length;
      await eventually("a user is let in", () => accepted.length > before + 1, 60_000);
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}

/** A port that takes connections, says nothing and ends them. */
export async function deafPort() {
  let asked = 0;
  const listener = createServer((socket) => {
    asked += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await once(listener, "close");
    },
  };
}

/** A host on which a program is not installed. */
export function without(host: Host, program: string): Host {
  const renamed = (argv: readonly string[]) =>
    argv.map((word) => (word === program ? `${program}-tidak-ada` : word));
  return {
    ...host,
    run: (argv, options) => host.run(renamed(argv), options),
    spawn: (argv, options) => host.spawn(renamed(argv), options),
  };
}

/** Runs all programs where /tmp and /var/tmp are full but for one folder, whose own `tmp` is full too. */
export function withoutTempRoom(host: Host, folder: string): Host {
  const within = [
    ...["unshare", "--mount", "--propagation", "private", "--", "sh", "-ec"],
    `narrow() { mount -t tmpfs -o size=64k pulih "$1"; }
     fill() { cat /dev/zero > "$1/penuh" 2>/dev/null || true; }
     cd "$1"; narrow /tmp; narrow /var/tmp
     mkdir -p "$1"; mount --no-canonicalize --bind . "$1"; cd /
     fill /tmp; fill /var/tmp
     [ ! -d "$1/tmp" ] || { narrow "$1/tmp"; fill "$1/tmp"; }
     shift; exec "$@"`,
    ...["sh", folder],
  ];
  return {
    ...host,
    run: (argv, options) => host.run([...within, ...argv], options),
    spawn: (argv, options) => host.spawn([...within, ...argv], options),
  };
}

/** A file system in memory that can be made as small as what is on it, but for a little. */
export async function smallRoom() {
  const dir = await tempDir();
  await run("mount", ["-t", "tmpfs", "-o", "size=2g,mode=755", "pulih", dir.path]);
  return {
    path: dir.path,
    shrink: async () => {
      const { stdout } = await run("df", ["-B1", "--output=used", dir.path]);
      const size = Number(stdout.trim().split("\n")[1]) + SPARE_BYTES;
      await run("mount", ["-o", `remount,size=${size}`, dir.path]);
    },
    [Symbol.asyncDispose]: async () => {
      await run("umount", [dir.path]);
      await dir[Symbol.asyncDispose]();
    },
  };
}
