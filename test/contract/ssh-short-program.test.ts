import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import ssh2 from "ssh2";
import { expect, it } from "vitest";
import { sshHost } from "#agent/ssh/host.ts";
import { tempDir } from "#support/temp-dir.ts";

const run = promisify(execFile);

/**
 * A server that tells of a program in one piece, from the opening of its channel to its end, as OpenSSH
 * does where the program is quicker than the line. `endsFirst`: what the program said comes after that.
 */
async function hastyServer({ endsFirst }: { readonly endsFirst: boolean }) {
  const dir = await tempDir();
  // One for both sides. ssh2 makes keys, too, but one in two hundred of them it cannot read.
  const keyFile = join(dir.path, "key");
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", keyFile]);
  const publicKey = await readFile(`${keyFile}.pub`, "utf8");
  const server = new ssh2.Server({ hostKeys: [await readFile(keyFile)] });
  const listener = createServer((socket) => {
    server.once("connection", (connection) => {
      connection.on("error", () => undefined);
      connection.on("authentication", (asked) => asked.accept());
      connection.on("session", (acceptSession) => {
        acceptSession().on("exec", (acceptProgram) => {
          socket.cork();
          const program = acceptProgram();
          const say = (): void => {
            program.stderr.write("pulih-started 4711\n");
            program.write("isi\n");
          };
          if (!endsFirst) say();
          program.exit(0);
          setImmediate(() => {
            socket.uncork();
            if (endsFirst) say();
            program.end();
          });
        });
      });
    });
    server.injectSocket(socket);
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    place: {
      jenis: "ssh",
      host: "127.0.0.1",
      port: (listener.address() as AddressInfo).port,
      pengguna: "agen",
      berkasKunci: keyFile,
      kunciHost: publicKey.split(" ").slice(0, 2).join(" "),
    } as const,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await once(listener, "close");
      await dir[Symbol.asyncDispose]();
    },
  };
}

it.each([
  ["was over before its start was told", { endsFirst: false }],
  ["was told to be over before what it said", { endsFirst: true }],
])("is told how a program ended that %s", async (_how, kind) => {
  await using server = await hastyServer(kind);
  await using host = await sshHost(server.place);
  for (let time = 0; time < 5; time += 1) {
    expect(await host.run(["true"])).toMatchObject({ code: 0, signal: null, stdout: "isi\n" });
  }
});
