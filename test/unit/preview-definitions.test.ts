import { describe, expect, it } from "vitest";
import { type Definition, definitionChanges, sorted } from "#agent/engines/definition-changes.ts";
import { previewOf } from "#agent/restore/run-preview.ts";
import type { ContentDigest } from "#protocol/manifest.ts";
import { PREVIEW_UNITS_MAX, Preview } from "#protocol/v1.ts";

const nothing = {
  algorithm: "x",
  digest: "",
  inventory: {},
  entries: [],
} as unknown as ContentDigest;
const view = (name: string, hash = "h") => ({ kind: "views", name, hash });

async function changesOf(live: readonly Definition[], side: readonly Definition[]) {
  const changes = await definitionChanges(sorted(live), sorted(side));
  return changes.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

describe("objects that hold no rows in a preview", () => {
  it("are known by kind and name together, and differ by hash", async () => {
    const live = [view("a"), view("b"), view("c"), { kind: "types", name: "d", hash: "h" }];
    const side = [
      view("a"),
      view("b", "other"),
      view("d"),
      { kind: "types", name: "d", hash: "h" },
    ];
    expect(await changesOf(live, side)).toEqual([
      { kind: "views", name: "b", added: 0, changed: 1, lost: 0 },
      { kind: "views", name: "c", added: 0, changed: 0, lost: 1 },
      { kind: "views", name: "d", added: 1, changed: 0, lost: 0 },
    ]);
  });

  it("are not told one by one where what they are a part of comes or goes", async () => {
    const index = (name: string, of: string) => ({ kind: "indexes", name, hash: "h", of });
    const live = [view("a"), view("b", "h1"), index("i ON a", "a"), index("i ON b", "b")];
    const side = [view("c"), view("b", "h2"), index("i ON c", "c"), index("j ON b", "b")];
    expect((await changesOf(live, side)).map(({ name }) => name)).toEqual([
      ...["a", "b", "c", "i ON b", "j ON b"],
    ]);
  });

  it("are no rows: they are listed apart, those that are lost first, as many as fit", async () => {
    const many = Array.from({ length: PREVIEW_UNITS_MAX + 5 }, (_, n) => view(`baru ${n}`));
    const changes = [
      { name: "t", added: 1, changed: 2, lost: 3 },
      ...(await changesOf([view("lama"), view("ubah")], [...many, view("ubah", "other")])),
    ];
    const preview = Preview.parse(previewOf(nothing, nothing, changes));
    expect(preview).toMatchObject({
      units: [{ name: "t", lost: 3 }],
      total: { added: 1, changed: 2, lost: 3 },
      changedUnits: 1,
      changedDefinitions: PREVIEW_UNITS_MAX + 7,
    });
    expect(preview.definitions).toHaveLength(PREVIEW_UNITS_MAX);
    expect(preview.definitions.slice(0, 3)).toEqual([
      { kind: "views", name: "lama", change: "lost" },
      { kind: "views", name: "ubah", change: "changed" },
      { kind: "views", name: "baru 0", change: "added" },
    ]);
  });
});
