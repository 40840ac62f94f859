import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseRepository } from "../config/repository.ts";
import { readCredentials } from "./credentials.ts";
import type { ResticConfig } from "./restic-command.ts";

/** How a restic command reaches its repository. */
export interface ResticAccess {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Asked anew for each command. A name and a password for a REST server go by the environment of that
 * one child, since restic takes them in the address only; those for S3 it reads from their file
 * itself; that for the repository stands in its own file.
 */
export async function resticAccess(config: ResticConfig, dataDir: string): Promise<ResticAccess> {
  const repository = parseRepository(config.repositori);
  const args = [
    "--password-file",
    config.berkasSandi,
    ...(config.berkasCa === null ? [] : ["--cacert", config.berkasCa]),
  ];
  const plain = { args: [...args, "--repo", config.repositori], env: {} };
  // A cache saves round trips to a far store; beside a local one it only costs disk.
  if (repository?.kind === "local") return { args: [...plain.args, "--no-cache"], env: {} };
  const far = [...plain.args, "--cache-dir", join(dataDir, "cache", "restic")];
  if (repository?.kind === "sftp" && config.ssh !== null) {
    const command = await sftpCommand(config.alias, repository, config.ssh, dataDir);
    return { args: [...far, "-o", option("sftp.command", command)], env: {} };
  }
  if (repository?.kind === "s3" && config.berkasKredensial !== null) {
    // restic would look elsewhere for what its file lacks, and wait long for it.
    await readCredentials(config.berkasKredensial, ["aws_access_key_id", "aws_secret_access_key"]);
    const region = config.wilayah === null ? [] : ["-o", option("s3.region", config.wilayah)];
    return {
      args: [...far, ...region],
      env: { AWS_SHARED_CREDENTIALS_FILE: config.berkasKredensial, AWS_PROFILE: "default" },
    };
  }
  if (repository?.kind === "rest" && config.berkasKredensial !== null) {
    const { pengguna, sandi } = await readCredentials(config.berkasKredensial, [
      "pengguna",
      "sandi",
    ]);
    const url = new URL(repository.url);
    url.username = encodeURIComponent(pengguna);
    url.password = encodeURIComponent(sandi);
    const withoutRepo = far.filter((arg) => arg !== "--repo" && arg !== config.repositori);
    return { args: withoutRepo, env: { RESTIC_REPOSITORY: `rest:${url.href}` } };
  }
  return { args: far, env: {} };
}

/** restic reads an option as a line of CSV, in which quotes stand twice. */
function option(name: string, value: string): string {
  return `"${`${name}=${value}`.replaceAll('"', '""')}"`;
}

/**
 * The ssh that restic starts: only the pinned key is trusted, only the named key is offered, nothing
 * is asked, and a silent server is given up. restic cuts the text into words at quotes and spaces;
 * no shell reads it.
 */
async function sftpCommand(
  alias: string,
  to: { readonly user: string; readonly host: string },
  ssh: NonNullable<ResticConfig["ssh"]>,
  dataDir: string,
): Promise<string> {
  const name = `pulih-${alias}`;
  const knownHosts = await writeKnownHost(dataDir, alias, `${name} ${ssh.kunciHost}\n`);
  const words = [
    "ssh",
    "-F",
    "none",
    "-p",
    String(ssh.port),
    `-oIdentityFile="${ssh.berkasKunci}"`,
    `-oUserKnownHostsFile="${knownHosts.replaceAll("%", "%%")}"`,
    "-oGlobalKnownHostsFile=none",
    `-oHostKeyAlias=${name}`,
    "-oStrictHostKeyChecking=yes",
    "-oIdentitiesOnly=yes",
    "-oBatchMode=yes",
    "-oConnectTimeout=20",
    "-oServerAliveInterval=15",
    "-oServerAliveCountMax=4",
    `${to.user}@${to.host}`,
    "-s",
    "sftp",
  ];
  return words.map((word) => `'${word}'`).join(" ");
}

async function writeKnownHost(dataDir: string, alias: string, line: string): Promise<string> {
  const directory = join(dataDir, "vaults");
  const path = join(directory, `${alias}.known_hosts`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // Written beside and moved: another command may be reading it.
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  await writeFile(draft, line, { mode: 0o600 });
  await rename(draft, path);
  return path;
}
