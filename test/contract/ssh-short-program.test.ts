import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import { expect, it } from "vitest";
import { sshHost } from "#agent/ssh/host.ts";
import { tempDir } from "#support/temp-dir.ts";

/**
 * A server that tells all of a program in one piece, from the opening of its channel to its end, as
 * OpenSSH does where the program is quicker than the line.
 */
async function hastyServer() {
  const dir = await tempDir();
  const [host, client] = [0, 1].map(() => ssh2.utils.generateKeyPairSync("ed25519"));
  const keyFile = join(dir.path, "key");
  await writeFile(keyFile, client?.private ?? "", { mode: 0o600 });
  const server = new ssh2.Server({ hostKeys: [host?.private ?? ""] });
  const listener = createServer((socket) => {
    server.once("connection", (connection) => {
      connection.on("error", () => undefined);
      connection.on("authentication", (asked) => asked.accept());
      connection.on("session", (acceptSession) => {
        acceptSession().on("exec", (acceptProgram) => {
          socket.cork();
          const program = acceptProgram();
          program.stderr.write("pulih-started 4711\n");
          program.write("isi\n");
          program.exit(0);
          program.end();
          setImmediate(() => socket.uncork());
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
      kunciHost: (host?.public ?? "").split(" ").slice(0, 2).join(" "),
    } as const,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await once(listener, "close");
      await dir[Symbol.asyncDispose]();
    },
  };
}

it("is told how a program ended that was over before its start was told", async () => {
  await using server = await hastyServer();
  await using host = await sshHost(server.place);
  for (let time = 0; time < 5; time += 1) {
    expect(await host.run(["true"])).toMatchObject({ code: 0, signal: null, stdout: "isi\n" });
  }
});
