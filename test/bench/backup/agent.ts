/** An agent as its operator runs it: config, key and identity in a folder, commands by its program. */
import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadOrCreateKey, saveIdentity } from "#agent/key.ts";
import { type Timed, timed } from "./timed.ts";

export interface BenchAgent {
  readonly passwordFile: string;
  readonly repository: string;
  run(...args: readonly string[]): Promise<Timed>;
  /** Lets it begin a new repository under the same name. */
  forgetStore(): Promise<void>;
}

/** `targets`: entries of the config; all of them go to one restic repository in `dir`. */
export async function benchAgent(
  program: string,
  dir: string,
  targets: readonly Readonly<Record<string, unknown>>[],
): Promise<BenchAgent> {
  const data = join(dir, "agent");
  const repository = join(dir, "repository");
  const passwordFile = join(dir, "repository.password");
  const config = join(dir, "agent.yaml");
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(16).toString("hex")}\n`, { mode: 0o600 });
  const key = await loadOrCreateKey(data);
  await saveIdentity(data, { agent: "agen-uji", server: { jwk: key.jwk } });
  await writeFile(
    config,
    stringify({
      portal: "http://127.0.0.1:9",
      data,
      vaults: [
        { alias: "gudang", jenis: "restic", repositori: repository, berkasSandi: passwordFile },
      ],
      targets: targets.map((target) => ({
        vault: "gudang",
        izin: ["backup", "restore"],
        ...target,
      })),
    }),
    { mode: 0o600 },
  );
  return {
    passwordFile,
    repository,
    forgetStore: () => rm(join(data, "vaults"), { recursive: true, force: true }),
    run: (...args) => timed([program, ...args, "--config", config]),
  };
}
