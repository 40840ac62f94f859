import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERRORS } from "#domain/errors.ts";

const root = join(import.meta.dirname, "..", "..");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const code = tracked.filter((path) => /\.(ts|mjs|cjs|astro|css)$/.test(path));

describe("the house", () => {
  it("keeps its top-level folders", () => {
    const folders = new Set(
      tracked.filter((path) => path.includes("/")).map((path) => path.split("/")[0]),
    );
    expect([...folders].sort()).toEqual([".ci", "content", "db", "functions", "src", "test"]);
  });

  it("has no code file over 400 lines", () => {
    const long = code.filter((path) => read(path).split("\n").length > 401);
    expect(long).toEqual([]);
  });

  it("has no dumping grounds, unfinished places or switched-off tests", () => {
    const named = code.filter((path) => /(^|\/)(utils?|helpers?|common|misc)\.[a-z]+$/.test(path));
    expect(named).toEqual([]);
    // Split so that this line does not find itself.
    const marks = new RegExp(["TO" + "DO", "FIX" + "ME", "\\.(skip|only|todo)\\("].join("|"));
    expect(code.filter((path) => marks.test(read(path)))).toEqual([]);
  });

  it("lets imports run one way", () => {
    const output = execFileSync(
      join(root, "node_modules/.bin/depcruise"),
      [
        "--config",
        ".dependency-cruiser.cjs",
        "--output-type",
        "json",
        "src",
        "functions",
        "db",
        "test",
      ],
      { cwd: root, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
    );
    const { summary } = JSON.parse(output) as {
      summary: {
        violations: { rule: { name: string }; from: string; to: string }[];
        totalCruised: number;
      };
    };
    // A cruise that silently sees no module would hold every rule.
    expect(summary.totalCruised).toBeGreaterThan(60);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual(
      [],
    );
  });

  it("reads no clock and rolls no dice in the domain", () => {
    const domain = code.filter((path) => path.startsWith("src/domain/"));
    const impure = domain.filter((path) =>
      /Date\.now|new Date\(\)|Math\.random|randomUUID/.test(read(path)),
    );
    expect(impure).toEqual([]);
  });
});

describe("no step, role or order of a source SOP stands in code", () => {
  it("names no SOP, act or position outside content, tests and the demo", () => {
    const words =
      /kaltim-backup|kukar-restore|disposisi-(administrator|pengawas|kadis|kabid)|cek-berkas-/;
    const product = code.filter((path) => /^(src|functions|db)\//.test(path));
    expect(product.filter((path) => words.test(read(path)))).toEqual([]);
  });
});

describe("the error table", () => {
  it("says in every row what happened and what to do", () => {
    for (const [name, row] of Object.entries(ERRORS)) {
      expect(row.pesan, name).toMatch(/^[A-Z].*\.$/);
      expect(row.status, name).toBeGreaterThanOrEqual(400);
      expect([1, 2, 3, 4, 5, 10, 11, 12, 20, 21, 75], name).toContain(row.exitCode);
    }
  });

  it("has no row that nothing uses", () => {
    const product = code.filter(
      (path) => /^(src|functions|db)\//.test(path) && !path.startsWith("src/domain/errors-table/"),
    );
    const all = product.map(read).join("\n");
    expect(Object.keys(ERRORS).filter((name) => !all.includes(name))).toEqual([]);
  });
});

describe("migrations", () => {
  const journalPath = "db/migrations/meta/_journal.json";

  it("are all in the journal, in order, and each file is listed", () => {
    const { entries } = JSON.parse(read(journalPath)) as {
      entries: { idx: number; when: number; tag: string }[];
    };
    expect(entries.map((entry) => entry.idx)).toEqual(entries.map((_, index) => index));
    entries.reduce((before, entry) => {
      expect(entry.when).toBeGreaterThan(before);
      return entry.when;
    }, 0);
    const files = tracked.filter((path) => /^db\/migrations\/[^/]+\.sql$/.test(path)).sort();
    expect(files).toEqual(entries.map((entry) => `db/migrations/${entry.tag}.sql`));
  });
});
