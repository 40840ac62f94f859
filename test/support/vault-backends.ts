/**
 * The places a vault's store can lie in, each with a server of its own where it needs one. All keep
 * a store as files in a folder of this machine, so that a test can copy, damage and list it by other
 * means than the vault. Free of any test runner.
 */
import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { VaultConfig } from "#agent/config.ts";
import { startResticServer } from "./restic-server.ts";
import { BUCKET, startS3 } from "./s3.ts";
import { startSshd } from "./sshd.ts";
import { startTcpProxy } from "./tcp-proxy.ts";
import { tempDir } from "./temp-dir.ts";

const OBJECT_ENDING = "._S3rver_object";

export interface VaultBackend {
  readonly kind: VaultConfig["jenis"];
  /** Stores are folders in here; each can be made by copying another. */
  readonly root: string;
  /** What the store's own software adds to a file's name. */
  readonly ending: string;
  /** The vault whose store is the folder `name` in `root`. */
  config(name: string, secretFile: string): VaultConfig;
  /** The same with a key for the door, not the lock, that is not let in; null where there is none. */
  withStranger: ((config: VaultConfig, directory: string) => Promise<VaultConfig>) | null;
  /** Texts that must stand in no argv, beside the vault's own secret. */
  readonly secrets: readonly string[];
  /** How restic itself reaches the store without the vault. */
  outside(name: string): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
  /** Breaks all connections that are open now; null where there are none. */
  readonly cut: (() => void) | null;
  /** From now on bytes vanish while connections stay open; null where there are none. */
  readonly silence: (() => void) | null;
  /** Uploads that were begun and neither finished nor ended. */
  uploads(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

const base = { alias: "gudang" };

export async function localBackend(jenis: "restic" | "objects"): Promise<VaultBackend> {
  const dir = await tempDir();
  return {
    kind: jenis,
    root: dir.path,
    ending: "",
    config: (name, secretFile) => {
      const store = join(dir.path, name);
      return VaultConfig.parse(
        jenis === "restic"
          ? { ...base, jenis, repositori: store, berkasSandi: secretFile }
          : { ...base, jenis, direktori: store, berkasKunci: secretFile },
      );
    },
    withStranger: null,
    secrets: [],
    outside: (name) => ({ args: ["--repo", join(dir.path, name)], env: {} }),
    cut: null,
    silence: null,
    uploads: async () => [],
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

export async function sftpBackend(): Promise<VaultBackend> {
  const dir = await tempDir();
  const server = await startSshd();
  const proxy = await startTcpProxy({ host: server.host, port: server.port });
  const ssh = { port: proxy.port, berkasKunci: server.keyFile, kunciHost: server.hostKey };
  return {
    kind: "restic",
    root: dir.path,
    ending: "",
    config: (name, secretFile) =>
      VaultConfig.parse({
        ...base,
        jenis: "restic",
        repositori: `sftp:${server.user}@${server.host}:${join(dir.path, name)}`,
        berkasSandi: secretFile,
        ssh,
      }),
    withStranger: async (config, directory) => {
      const berkasKunci = join(directory, "stranger-key");
      const args = ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", berkasKunci];
      await promisify(execFile)("ssh-keygen", args);
      return VaultConfig.parse({ ...config, ssh: { ...ssh, berkasKunci } });
    },
    secrets: [],
    outside: (name) => ({ args: ["--repo", join(dir.path, name)], env: {} }),
    cut: () => proxy.cut(),
    silence: () => proxy.swallow(),
    uploads: async () => [],
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

export async function restBackend(options: {
  readonly appendOnly: boolean;
}): Promise<VaultBackend> {
  const server = await startResticServer(options);
  const proxy = await startTcpProxy({ host: "127.0.0.1", port: server.port });
  return {
    kind: "restic",
    root: server.root,
    ending: "",
    config: (name, secretFile) =>
      VaultConfig.parse({
        ...base,
        jenis: "restic",
        repositori: `rest:https://127.0.0.1:${proxy.port}/${name}/`,
        berkasSandi: secretFile,
        berkasKredensial: server.credentialsFile,
        berkasCa: server.caFile,
      }),
    withStranger: async (config, directory) => {
      const berkasKredensial = join(directory, "stranger");
      await writeFile(berkasKredensial, "pengguna = agen\nsandi = salah\n", { mode: 0o600 });
      return VaultConfig.parse({ ...config, berkasKredensial });
    },
    secrets: [server.password],
    outside: (name) => ({ args: ["--repo", join(server.root, name)], env: {} }),
    cut: () => proxy.cut(),
    silence: () => proxy.swallow(),
    uploads: async () => [],
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export async function s3Backend(jenis: "restic" | "objects-s3"): Promise<VaultBackend> {
  const service = await startS3();
  const access = { berkasKredensial: service.credentialsFile, berkasCa: service.caFile };
  return {
    kind: jenis,
    root: service.root,
    ending: OBJECT_ENDING,
    config: (name, secretFile) =>
      VaultConfig.parse(
        jenis === "restic"
          ? {
              ...base,
              jenis,
              repositori: `s3:${service.address}/${BUCKET}/${name}`,
              berkasSandi: secretFile,
              ...access,
            }
          : {
              ...base,
              jenis,
              alamat: service.address,
              bucket: BUCKET,
              awalan: `${name}/`,
              berkasKunci: secretFile,
              ...access,
            },
      ),
    withStranger: async (config, directory) => {
      const berkasKredensial = join(directory, "stranger");
      await writeFile(
        berkasKredensial,
        "[default]\naws_access_key_id = ASING\naws_secret_access_key = salah\n",
        { mode: 0o600 },
      );
      return VaultConfig.parse({ ...config, berkasKredensial });
    },
    // s3rver's secret is also its name, which is no secret.
    secrets: [],
    outside: (name) => ({
      args: ["--repo", `s3:${service.address}/${BUCKET}/${name}`, "--cacert", service.caFile],
      env: { AWS_SHARED_CREDENTIALS_FILE: service.credentialsFile },
    }),
    cut: () => service.cut(),
    silence: null,
    uploads: () => service.uploads(),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

/** Names of the stored files in a folder of a store, as the vault gave them. */
export async function filesIn(backend: VaultBackend, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  return files
    .map(({ name }) => name)
    .filter((name) => name.endsWith(backend.ending))
    .map((name) => name.slice(0, name.length - backend.ending.length));
}
