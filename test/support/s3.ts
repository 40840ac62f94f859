/**
 * A throw-away S3 service on 127.0.0.1 over TLS: s3rver behind a door that adds what s3rver lacks
 * (conditions, Object Lock, ending of uploads) and can take away room or the network.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { join } from "node:path";
import { selfSigned } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { ended, readyWithin } from "./server-process.ts";
import { tempDir } from "./temp-dir.ts";

export const BUCKET = "cadangan";
/** s3rver's only account. */
const ACCOUNT = "S3RVER";

export interface S3Service {
  readonly address: string;
  /** Folder of the bucket: an object `a/b` is the file `a/b._S3rver_object`. */
  readonly root: string;
  readonly caFile: string;
  readonly credentialsFile: string;
  readonly secret: string;
  /** What each stored object was to be guarded by, as the client said. */
  readonly locks: Map<string, { readonly mode: string; readonly until: string }>;
  /** `full`: answers 507 to what would store; `gone`: breaks every connection. */
  become(state: "open" | "full" | "gone"): void;
  /** Breaks the connections that are open now. */
  cut(): void;
  /** Uploads that were neither completed nor ended. */
  uploads(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startS3(options: { readonly canLock?: boolean } = {}): Promise<S3Service> {
  const dir = await tempDir();
  const data = join(dir.path, "data");
  const root = join(data, BUCKET);
  const credentialsFile = join(dir.path, "credentials");
  await mkdir(root, { recursive: true });
  await writeFile(
    credentialsFile,
    `[default]\naws_access_key_id = ${ACCOUNT}\naws_secret_access_key = ${ACCOUNT}\n`,
    { mode: 0o600 },
  );
  const tls = await selfSigned(dir.path);
  const port = await freePort();
  const server = spawn(
    process.execPath,
    [
      ...["node_modules/s3rver/bin/s3rver.js", "-d", data, "-a", "127.0.0.1", "-p", String(port)],
      ...["--no-vhost-buckets", "--configure-bucket", BUCKET, "-s"],
    ],
    { stdio: "ignore" },
  );
  await once(server, "spawn");
  await readyWithin(30_000, server, () => fetch(`http://127.0.0.1:${port}/`));

  const uploadsDir = join(root, "._S3rver_uploads");
  const locks: S3Service["locks"] = new Map();
  const sockets = new Set<Socket>();
  const claimed = new Set<string>();
  let state: "open" | "full" | "gone" = "open";

  const own = async (asked: IncomingMessage, answer: ServerResponse): Promise<boolean> => {
    const url = new URL(asked.url ?? "/", "https://127.0.0.1");
    const key = decodeURIComponent(url.pathname).slice(`/${BUCKET}/`.length);
    const stores = asked.method === "PUT" || asked.method === "POST";
    if (stores && state === "full") return say(answer, 507, "InsufficientStorage");
    if (asked.method === "GET" && url.searchParams.has("uploads")) {
      return list(answer, uploadsDir);
    }
    if (asked.method === "DELETE" && url.searchParams.has("uploadId")) {
      await rm(join(uploadsDir, url.searchParams.get("uploadId") ?? "-"), { recursive: true });
      return say(answer, 204, null);
    }
    if (asked.method === "PUT" && asked.headers["if-none-match"] === "*") {
      const isThere = claimed.has(key) || existsSync(join(root, `${key}._S3rver_object`));
      if (isThere) return say(answer, 412, "PreconditionFailed");
      // Two that come at once: the file of the first is not there yet.
      claimed.add(key);
    }
    if (!options.canLock) return false;
    if (url.searchParams.has("object-lock")) return say(answer, 200, null, LOCK_ENABLED);
    const { "x-amz-object-lock-mode": mode, "x-amz-object-lock-retain-until-date": until } =
      asked.headers;
    if (stores && typeof mode === "string" && typeof until === "string") {
      locks.set(key, { mode, until });
    }
    const isGuarded = new Date(locks.get(key)?.until ?? 0) > new Date();
    if (asked.method === "DELETE" && isGuarded && url.searchParams.has("versionId")) {
      return say(answer, 403, "AccessDenied");
    }
    return false;
  };

  const pass = (asked: IncomingMessage, answer: ServerResponse): void => {
    // A version is no word of s3rver's.
    const path = (asked.url ?? "/").replace(/[?&]versionId=[^&]*/, "");
    const onward = request(
      { host: "127.0.0.1", port, method: asked.method, path, headers: asked.headers },
      (found) => {
        const more = options.canLock ? { "x-amz-version-id": "1" } : {};
        answer.writeHead(found.statusCode ?? 500, { ...found.headers, ...more });
        found.pipe(answer);
      },
    );
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  };

  const door = createServer(
    { key: readFileSync(tls.key), cert: readFileSync(tls.cert) },
    (asked, answer) => {
      void own(asked, answer)
        .then((isDone) => {
          if (isDone) asked.resume();
          else pass(asked, answer);
        })
        .catch(() => answer.destroy());
    },
  );
  door.on("connection", (socket: Socket) => {
    if (state === "gone") socket.resetAndDestroy();
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const place = door.address();
  if (place === null || typeof place === "string") throw new Error("no port was given");
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };

  return {
    address: `https://127.0.0.1:${place.port}`,
    root,
    caFile: tls.cert,
    credentialsFile,
    secret: ACCOUNT,
    locks,
    become: (next) => {
      state = next;
      if (state === "gone") cut();
    },
    cut,
    uploads: () => readdir(uploadsDir).catch(() => []),
    [Symbol.asyncDispose]: async () => {
      cut();
      door.close();
      server.kill();
      await ended(server);
      await dir[Symbol.asyncDispose]();
    },
  };
}

const LOCK_ENABLED =
  "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";

function say(answer: ServerResponse, status: number, code: string | null, body = ""): boolean {
  const text = code === null ? body : `<Error><Code>${code}</Code><Message>-</Message></Error>`;
  answer.writeHead(status, { "content-type": "application/xml" });
  answer.end(text === "" ? undefined : `<?xml version="1.0" encoding="UTF-8"?>${text}`);
  return true;
}

async function list(answer: ServerResponse, uploadsDir: string): Promise<boolean> {
  const ids = await readdir(uploadsDir).catch(() => []);
  const uploads = await Promise.all(
    ids.map(async (id) => {
      const key = await readFile(join(uploadsDir, id, "key"), "utf8");
      const { mtime } = await stat(join(uploadsDir, id, "key"));
      const at = mtime.toISOString();
      return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${at}</Initiated></Upload>`;
    }),
  );
  const body = `<ListMultipartUploadsResult>${uploads.join("")}</ListMultipartUploadsResult>`;
  return say(answer, 200, null, body);
}
