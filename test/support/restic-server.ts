/** A throw-away REST server for restic on 127.0.0.1 over TLS, which asks for a name and a password. */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { selfSigned } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { ended, readyWithin } from "./server-process.ts";
import { tempDir } from "./temp-dir.ts";

export interface ResticServer {
  readonly port: number;
  /** Folder that is served: a repository at `a/b` is the folder `a/b`. */
  readonly root: string;
  readonly caFile: string;
  readonly credentialsFile: string;
  readonly password: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startResticServer(options: {
  readonly appendOnly: boolean;
}): Promise<ResticServer> {
  const dir = await tempDir();
  const root = join(dir.path, "served");
  await mkdir(root);
  const tls = await selfSigned(dir.path);
  const password = randomBytes(24).toString("base64url");
  const credentialsFile = join(dir.path, "credentials");
  await writeFile(credentialsFile, `pengguna = agen\nsandi = ${password}\n`, { mode: 0o600 });
  const users = join(dir.path, "htpasswd");
  const digest = createHash("sha1").update(password).digest("base64");
  await writeFile(users, `agen:{SHA}${digest}\n`);
  const port = await freePort();
  const server = spawn(
    "rclone",
    [
      ...["serve", "restic", root, "--addr", `127.0.0.1:${port}`, "--htpasswd", users],
      ...["--cert", tls.cert, "--key", tls.key, "--cache-objects=false", "--config", ""],
      ...(options.appendOnly ? ["--append-only"] : []),
    ],
    { stdio: "ignore" },
  );
  await once(server, "spawn");
  const ca = await readFile(tls.cert);
  await readyWithin(30_000, server, async () => {
    const asked = get({ host: "127.0.0.1", port, ca, path: "/", agent: false });
    const [answer] = await once(asked, "response");
    answer.resume();
  });
  return {
    port,
    root,
    caFile: tls.cert,
    credentialsFile,
    password,
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await ended(server);
      await dir[Symbol.asyncDispose]();
    },
  };
}
