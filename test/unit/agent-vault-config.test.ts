import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VaultConfig } from "#agent/config.ts";
import { readCredentials } from "#agent/vault/credentials.ts";
import { resticAccess } from "#agent/vault/restic-access.ts";
import { tempDir } from "#support/temp-dir.ts";

const SSH = { berkasKunci: "/etc/pulih/kunci ssh", kunciHost: "ssh-ed25519 AAAA" };
const restic = (repositori: string, more: object = {}): object => ({
  alias: "gudang",
  jenis: "restic",
  repositori,
  berkasSandi: "/etc/pulih/sandi",
  ...more,
});
const s3 = (more: object): object => ({
  alias: "gudang",
  jenis: "objects-s3",
  alamat: "https://s3.contoh.go.id",
  bucket: "cadangan",
  berkasKredensial: "/etc/pulih/s3",
  berkasKunci: "/etc/pulih/kunci",
  ...more,
});

describe("a vault in the config", () => {
  it.each([
    ["a folder", restic("/srv/restic")],
    ["SFTP", restic("sftp:agen@gudang.contoh.go.id:/srv/restic", { ssh: SSH })],
    ["REST", restic("rest:https://gudang.contoh.go.id/agen/")],
    ["REST beside the agent", restic("rest:http://127.0.0.1:8000/")],
    ["S3", restic("s3:https://s3.contoh.go.id/cadangan", { berkasKredensial: "/etc/pulih/s3" })],
    ["objects in a bucket", s3({ awalan: "agen-1/", kunciHari: 30 })],
  ])("is taken: %s", (_name, config) => {
    expect(VaultConfig.safeParse(config).success).toBe(true);
  });

  it.each([
    ["a password in the address", restic("rest:https://agen:rahasia@gudang.contoh.go.id/")],
    ["REST in the clear over a network", restic("rest:http://gudang.contoh.go.id/")],
    ["a store the agent does not know", restic("b2:bucket:folder")],
    ["an option in place of a host", restic("sftp:a@-oProxyCommand=x:/srv", { ssh: SSH })],
    ["SFTP without a pinned key", restic("sftp:agen@gudang:/srv/restic")],
    ["SFTP keys where there is no SFTP", restic("/srv/restic", { ssh: SSH })],
    [
      "quotes in the path of a key",
      restic("sftp:a@b:/c", { ssh: { ...SSH, berkasKunci: '/a"b' } }),
    ],
    ["S3 without credentials", restic("s3:https://s3.contoh.go.id/cadangan")],
    ["a bucket in the clear", s3({ alamat: "http://s3.contoh.go.id" })],
    ["a prefix that is no folder", s3({ awalan: "agen-1" })],
  ])("is refused: %s", (_name, config) => {
    expect(VaultConfig.safeParse(config).success).toBe(false);
  });
});

describe("how restic reaches a store", () => {
  it("gives ssh its options as one option, read as CSV, cut at quotes", async () => {
    await using dir = await tempDir();
    const config = VaultConfig.parse(restic("sftp:agen@gudang:/srv/restic", { ssh: SSH }));
    if (config.jenis !== "restic") throw new Error("not restic");
    const { args, env } = await resticAccess(config, dir.path);
    expect(env).toEqual({});
    const option = args[args.indexOf("-o") + 1] ?? "";
    expect(option.startsWith('"') && option.endsWith('"')).toBe(true);
    const command = option.slice(1, -1).replaceAll('""', '"');
    expect(command).toContain(`'-oIdentityFile="/etc/pulih/kunci ssh"'`);
    expect(command).toContain("'-oStrictHostKeyChecking=yes'");
    expect(command.endsWith("'agen@gudang' '-s' 'sftp'")).toBe(true);
  });

  it("keeps the name and password of a REST server out of argv", async () => {
    await using dir = await tempDir();
    const berkasKredensial = join(dir.path, "kredensial");
    await writeFile(berkasKredensial, "pengguna = agen\nsandi = ra/ha:sia@\n");
    const config = VaultConfig.parse(
      restic("rest:https://gudang.contoh.go.id/agen/", { berkasKredensial }),
    );
    if (config.jenis !== "restic") throw new Error("not restic");
    const { args, env } = await resticAccess(config, dir.path);
    expect(args.join(" ")).not.toContain("sia");
    expect(args).not.toContain("--repo");
    expect(env).toEqual({
      RESTIC_REPOSITORY: "rest:https://agen:ra%2Fha%3Asia%40@gudang.contoh.go.id/agen/",
    });
  });
});

describe("a credentials file", () => {
  it("is read with or without section heads and comments", async () => {
    await using dir = await tempDir();
    const file = join(dir.path, "kredensial");
    await writeFile(
      file,
      "[default]\n# catatan\naws_access_key_id=A\n aws_secret_access_key = b=c \n",
    );
    expect(await readCredentials(file, ["aws_access_key_id", "aws_secret_access_key"])).toEqual({
      aws_access_key_id: "A",
      aws_secret_access_key: "b=c",
    });
  });

  it("that is not there, or lacks something, is told without its contents", async () => {
    await using dir = await tempDir();
    const file = join(dir.path, "kredensial");
    await expect(readCredentials(file, ["sandi"])).rejects.toMatchObject({
      code: "VAULT_CREDENTIALS",
    });
    await writeFile(file, "sandi =\nlain = rahasia\n");
    const error = await readCredentials(file, ["sandi"]).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "VAULT_CREDENTIALS", detail: { name: "sandi" } });
    expect(JSON.stringify(error)).not.toContain("rahasia");
  });
});
