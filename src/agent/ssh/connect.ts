import { readFile } from "node:fs/promises";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { AppError } from "#domain/errors.ts";
import type { PlaceConfig } from "../config.ts";

export type SshPlace = Extract<PlaceConfig, { jenis: "ssh" }>;

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** A keepalive each so often; three unanswered ones in a row mean that the connection is dead. */
  readonly keepaliveMs?: number;
  readonly timeoutMs?: number;
}

const KEEPALIVE_UNANSWERED_MAX = 3;

/**
 * Opens a connection to a server whose key is the pinned one; nothing is trusted on first use.
 * Rejects with SSH_HOST_KEY or SSH_CONNECT.
 */
export async function connect(place: SshPlace, options: ConnectOptions = {}): Promise<Client> {
  const [keyType = "", pinned = ""] = place.kunciHost.split(" ");
  const privateKey = await readFile(place.berkasKunci).catch((cause) => {
    throw failure("the key file is not readable", cause);
  });
  if (options.signal?.aborted) throw failure("given up");
  const client = new Client();
  let isStranger = false;
  const config: ConnectConfig = {
    host: place.host,
    port: place.port,
    username: place.pengguna,
    privateKey,
    readyTimeout: options.timeoutMs ?? 15_000,
    keepaliveInterval: options.keepaliveMs ?? 10_000,
    keepaliveCountMax: KEEPALIVE_UNANSWERED_MAX,
    algorithms: {
      // Cheapest first where the processor has AES; the others for servers that lack it.
      cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr"],
      serverHostKey: hostKeyAlgorithms(keyType),
    },
    hostVerifier: (key: Buffer) => {
      isStranger = key.toString("base64") !== pinned;
      return !isStranger;
    },
  };
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      client.destroy();
      reject(failure("given up"));
    };
    const done = (): void => options.signal?.removeEventListener("abort", giveUp);
    options.signal?.addEventListener("abort", giveUp, { once: true });
    // Stays for the life of the connection: a late error without a listener would end the agent.
    client.on("error", (error) => {
      done();
      const isOtherKeyType = /no matching host key/.test(error.message);
      if (isStranger || isOtherKeyType) {
        reject(new AppError("SSH_HOST_KEY", "the server shows a key that is not the pinned one"));
      } else {
        reject(failure(error.level ?? "unknown", error));
      }
    });
    client.once("close", () => {
      done();
      reject(failure("closed"));
    });
    client.once("ready", () => {
      done();
      // Small statements go back and forth: held back to be joined, each would wait 40 ms.
      client.setNoDelay(true);
      resolve(client);
    });
    try {
      client.connect(config);
    } catch (cause) {
      done();
      reject(failure("the key file is not a private key without passphrase", cause));
    }
  });
}

/** An RSA key signs by newer algorithms than its type's name says. */
function hostKeyAlgorithms(keyType: string): ServerHostKeyAlgorithm[] {
  if (keyType === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256"];
  return [keyType as ServerHostKeyAlgorithm];
}

function failure(reason: string, cause?: unknown): AppError {
  return new AppError("SSH_CONNECT", `no SSH connection: ${reason}`, {
    detail: { reason },
    cause,
  });
}
