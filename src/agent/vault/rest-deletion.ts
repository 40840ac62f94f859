import { readFile } from "node:fs/promises";
import type { ClientRequest } from "node:http";
import { AppError } from "#domain/errors.ts";
import { parseRepository } from "../config/repository.ts";
import { readCredentials } from "./credentials.ts";
import type { ResticConfig } from "./restic-command.ts";

const TIMEOUT_MS = 30_000;
const NO_SUCH_SNAPSHOT = "0".repeat(64);
const REFUSED = new Set([401, 403, 405]);

/**
 * VAULT_DELETE_REFUSED where a REST server lets nothing be deleted, found by asking it to delete a
 * snapshot that does not exist. restic itself would insist for a minute, with the repository locked
 * against backups, and leave a second copy of each snapshot it was to mark. What else the server
 * answers, or that it does not, is left to the command that follows.
 */
export async function assertMayDelete(config: ResticConfig): Promise<void> {
  const repository = parseRepository(config.repositori);
  if (repository?.kind !== "rest") return;
  const { url } = repository;
  const folder = url.href.endsWith("/") ? url.href : `${url.href}/`;
  const status = await deleteStatus(new URL(`snapshots/${NO_SUCH_SNAPSHOT}`, folder), config);
  if (status !== null && REFUSED.has(status)) {
    throw new AppError("VAULT_DELETE_REFUSED", "the server lets nothing be deleted", {
      detail: { status },
    });
  }
}

async function deleteStatus(url: URL, config: ResticConfig): Promise<number | null> {
  const named =
    config.berkasKredensial === null
      ? null
      : await readCredentials(config.berkasKredensial, ["pengguna", "sandi"]);
  const ca = config.berkasCa === null ? undefined : await readFile(config.berkasCa);
  const options = {
    method: "DELETE",
    timeout: TIMEOUT_MS,
    agent: false as const,
    ...(named && { auth: `${named.pengguna}:${named.sandi}` }),
  };
  // Only here: an agent whose vaults are elsewhere saves the memory that they take.
  const { request } = await import(url.protocol === "https:" ? "node:https" : "node:http");
  return new Promise((resolve) => {
    const asked: ClientRequest = request(url, { ...options, ...(ca && { ca }) });
    asked.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? null);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(null));
    asked.on("close", () => resolve(null));
    asked.end();
  });
}
