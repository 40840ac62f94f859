import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { MaintainerConfig } from "#agent/config/maintainer.ts";
import { AgentConfig, TargetConfig, VaultConfig } from "#agent/config.ts";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { ERRORS } from "#domain/errors.ts";

const root = new URL("../../", import.meta.url);
let catalog: Catalog;

beforeAll(async () => {
  catalog = await loadCatalog(fileURLToPath(new URL("content", root)));
});

const guide = (id: string): string => {
  const found = catalog.guides.get(id);
  if (!found) throw new Error(`no guide ${id}`);
  return found.body;
};

describe("the guide for operators", () => {
  test("shows a config that the agent accepts", () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(guide("operator"))?.[1] ?? "";
    const config = AgentConfig.parse(parse(example));
    expect(config.targets.map((target) => target.engine)).toEqual([
      "postgres",
      "mariadb",
      "directory",
    ]);
    expect(config.vaults.map((vault) => vault.jenis)).toEqual(["objects", "restic"]);
  });

  test("lists every exit code of the error table", () => {
    const rows = [...guide("operator").matchAll(/^\| ([\d, ]+) \|/gm)];
    const listed = rows.flatMap((row) => (row[1] ?? "").split(", ").map(Number));
    const used = Object.values(ERRORS).map((row) => row.exitCode);
    expect(new Set(listed)).toEqual(new Set([0, 3, 130, 143, ...used]));
  });

  test("lists every setting that the portal and its build read, and none they do not", async () => {
    const names = (text: string) => new Set(text.match(/PULIH_[A-Z_]*[A-Z]/g) ?? []);
    const sources = await Promise.all(
      ["functions/env.ts", "src/build/settings.ts"].map((file) =>
        readFile(new URL(file, root), "utf8"),
      ),
    );
    expect(names(guide("operator-portal"))).toEqual(names(sources.join("\n")));
  });
});

describe("the guides on targets and backups", () => {
  const examples = (id: string) =>
    [...guide(id).matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text = ""]) => parse(text) as unknown,
    );

  test("show targets of every engine that needs more than an address", () => {
    const shown = examples("operator-sasaran").flatMap((list) => TargetConfig.array().parse(list));
    expect(shown.map(({ engine }) => engine)).toEqual(
      expect.arrayContaining(["postgres-cluster", "mariadb-server", "vm"]),
    );
  });

  test("show vaults, a schedule and a maintainer that the agent accepts", () => {
    const [vaults, schedule, maintainer] = examples("operator-cadangan");
    const { vaults: shown } = z.object({ vaults: VaultConfig.array() }).parse(vaults);
    expect(shown.map(({ jenis }) => jenis)).toEqual(["restic", "restic", "objects-s3"]);
    const target = { alias: "a", engine: "sqlite", vault: "b", berkas: "/a", izin: ["backup"] };
    const cared = TargetConfig.parse({ ...target, ...(schedule as object) });
    expect([cared.jadwal?.rpoJam, cared.ujiPulih?.batasHari]).toEqual([26, 30]);
    expect(MaintainerConfig.parse(maintainer).agen).toHaveLength(1);
  });
});

describe("the pictures of the guides", () => {
  const LARGEST_BYTES = 120_000;
  const shown = () =>
    [...catalog.guides.values()].flatMap(({ body }) =>
      [...body.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, alt = "", path = ""]) => ({
        alt,
        path,
      })),
    );

  test("are there, small, and told in words to who does not see them", async () => {
    expect(shown().length).toBeGreaterThan(0);
    for (const { alt, path } of shown()) {
      const { size } = await stat(new URL(`content/panduan/${path}`, root));
      expect(size, path).toBeLessThanOrEqual(LARGEST_BYTES);
      expect(alt.split(/\s+/).length, path).toBeGreaterThan(5);
    }
  });

  test("are each shown once", () => {
    const paths = shown().map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe("the glossary", () => {
  test("never forbids a word that another entry explains", () => {
    const terms = [...catalog.terms.values()];
    const explained = new Set(terms.flatMap((term) => [term.istilah, ...term.lain]));
    expect(terms.flatMap((term) => term.janganPakai).filter((word) => explained.has(word))).toEqual(
      [],
    );
  });

  test("has one entry for each word", () => {
    const words = [...catalog.terms.values()].map((term) => term.istilah.toLowerCase());
    expect(new Set(words).size).toBe(words.length);
  });
});
