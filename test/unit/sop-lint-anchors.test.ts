import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { isTakenAnchor } from "#domain/sop/lint-anchors.ts";

describe("the addresses of an SOP's page", () => {
  /** A component with all that it imports. */
  async function sources(file: string, seen = new Map<string, string>()) {
    if (seen.has(file)) return seen;
    const text = await readFile(file, "utf8");
    seen.set(file, text);
    for (const [, path] of text.matchAll(/from "(\.[^"]+\.astro)"/g)) {
      if (path) await sources(fileURLToPath(new URL(path, pathToFileURL(file))), seen);
    }
    return seen;
  }

  test("are all known to the rule that keeps extra blocks off them", async () => {
    const page = fileURLToPath(new URL("../../src/pages/sop/[slug]/index.astro", import.meta.url));
    const text = [...(await sources(page)).values()].join("\n");
    const ids = [...text.matchAll(/\sid="([a-z0-9-]+)"/g)].map(([, id]) => id ?? "");
    expect(ids).toContain("identitas");
    expect(ids.filter((id) => !isTakenAnchor(id))).toEqual([]);
  });
});
