import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "#agent/load-config.ts";
import { isAppError } from "#domain/errors.ts";
import { tempDir } from "#support/temp-dir.ts";

async function problemsOf(file: string): Promise<string[]> {
  const error: unknown = await loadConfig(file).catch((caught: unknown) => caught);
  if (!isAppError(error)) throw new Error("the config was taken");
  expect(error.code).toBe("INPUT_CONFIG");
  expect(error.row.exitCode).toBe(2);
  return error.problems.map((problem) => problem.pesan.replaceAll(file, "agen.yaml"));
}

async function write(directory: string, changes: object = {}): Promise<string> {
  const key = join(directory, "kunci");
  await writeFile(key, "x", { mode: 0o600 });
  const file = join(directory, "agen.yaml");
  const config = {
    portal: "https://pulih.contoh.go.id",
    data: "/var/lib/pulih-agen",
    vaults: [{ alias: "brankas", jenis: "objects", direktori: "/srv/brankas", berkasKunci: key }],
    targets: [
      {
        alias: "arsip",
        engine: "sqlite",
        vault: "brankas",
        berkas: "/srv/arsip.db",
        izin: ["backup"],
      },
    ],
    ...changes,
  };
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

describe("the agent's config", () => {
  test("is taken with its defaults when everything in it is right", async () => {
    await using dir = await tempDir();
    const config = await loadConfig(await write(dir.path));
    expect(config.targets[0]).toMatchObject({ alias: "arsip", tempat: { jenis: "lokal" } });
  });

  test("names every place to mend at once, with what to write there instead", async () => {
    await using dir = await tempDir();
    const file = await write(dir.path, {
      portal: "pulih",
      data: "data",
      vaults: [{ alias: "Brankas", jenis: "zip" }],
      targets: [
        { alias: "a", engine: "oracle", vault: "brankas", izin: ["backup"] },
        { alias: "b", engine: "sqlite", vault: "brankas", berkas: 5, izin: ["hapus"], sandi: "x" },
        {
          alias: "c",
          engine: "postgres",
          vault: "brankas",
          host: "",
          port: 99_999,
          pengguna: "p",
          izin: [],
        },
      ],
    });
    expect(await problemsOf(file)).toEqual([
      "agen.yaml: portal: tulis alamat portal, mis. https://pulih.contoh.go.id",
      "agen.yaml: data: tulis jalur lengkap yang diawali /",
      "agen.yaml: vaults[0].jenis: tulis salah satu: restic, objects, objects-s3",
      "agen.yaml: targets[0].engine: tulis salah satu: postgres, mariadb, sqlite, directory, vm, postgres-cluster, mariadb-server",
      "agen.yaml: targets[1].izin[0]: tulis salah satu: backup, restore, check",
      "agen.yaml: targets[1].berkas: tulis teks",
      "agen.yaml: targets[1]: hapus bagian yang tidak dikenal: sandi",
      "agen.yaml: targets[2].izin: tulis sedikitnya satu",
      "agen.yaml: targets[2].host: wajib diisi",
      "agen.yaml: targets[2].port: tulis angka 65535 atau kurang",
      "agen.yaml: targets[2].database: wajib diisi",
    ]);
  });

  test("says the line where the YAML itself cannot be read", async () => {
    await using dir = await tempDir();
    const file = await write(dir.path);
    await writeFile(file, "portal: [tidak\ndata: ditutup\n");
    const problems = await problemsOf(file);
    expect(problems[0]).toMatch(/^agen\.yaml: baris \d+, kolom \d+: tulisan YAML tidak terbaca/);
  });

  test("is refused where it is missing, or where anyone may write the allow-list", async () => {
    await using dir = await tempDir();
    const file = await write(dir.path);
    expect(await problemsOf(join(dir.path, "lain.yaml"))).toEqual([
      expect.stringContaining("berkas tidak ada"),
    ]);
    await chmod(file, 0o666);
    expect(await problemsOf(file)).toEqual([
      "agen.yaml: dapat ditulis siapa saja; jalankan: chmod o-w agen.yaml",
    ]);
  });

  test("is refused where a credential file is missing or open to every user", async () => {
    await using dir = await tempDir();
    const options = join(dir.path, "my.cnf");
    await writeFile(options, "x");
    await chmod(options, 0o644);
    const target = { vault: "brankas", izin: ["backup"] };
    const file = await write(dir.path, {
      targets: [
        { ...target, alias: "m", engine: "mariadb", database: "d", berkasOpsi: options },
        {
          ...target,
          alias: "p",
          engine: "postgres",
          host: "h",
          database: "d",
          pengguna: "p",
          berkasSandi: "/tidak/ada",
        },
        {
          ...target,
          alias: "jauh",
          engine: "mariadb",
          database: "d",
          berkasOpsi: "/di/server/lain",
          tempat: {
            jenis: "ssh",
            host: "h",
            pengguna: "p",
            berkasKunci: "/tidak/ada",
            kunciHost: "ssh-ed25519 AAAA",
          },
        },
      ],
    });
    expect(await problemsOf(file)).toEqual([
      `agen.yaml: targets[0].berkasOpsi: berkas ${options} terbuka bagi semua pengguna; jalankan: chmod 600 ${options}`,
      "agen.yaml: targets[1].berkasSandi: berkas /tidak/ada tidak ada; buat berkas itu atau tulis jalur yang benar",
      "agen.yaml: targets[2].tempat.berkasKunci: berkas /tidak/ada tidak ada; buat berkas itu atau tulis jalur yang benar",
    ]);
  });
});
