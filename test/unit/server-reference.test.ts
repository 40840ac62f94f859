import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  newReference,
  readReference,
  showReference,
} from "#functions/services/requests/reference.ts";
import { trackingCode, tracks } from "#functions/services/requests/tracking.ts";

const random = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe("reference numbers", () => {
  it("have every third character a digit and none that is taken for another", () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const id = newReference(bytes);
        expect(id).toMatch(/^([A-HJ-NPR-Y]{2}[2-9]){2}[A-HJ-NPR-Y]{2}[A-HJ-NPR-Y2-9]$/);
        expect(showReference(id)).toMatch(/^.{3}-.{3}-.{3}$/);
      }),
    );
  });

  it("are read back from any spelling of case, spaces and hyphens", () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const id = newReference(bytes);
        expect(readReference(` ${showReference(id).toLowerCase().replaceAll("-", " - ")} `)).toBe(
          id,
        );
      }),
    );
  });

  it("are not read with one wrong character", () => {
    fc.assert(
      fc.property(
        random,
        fc.nat(8),
        fc.constantFrom(..."ABCDEFGHJKLMNPRSTUVWXY23456789"),
        (bytes, at, other) => {
          const id = newReference(bytes);
          fc.pre(id[at] !== other);
          expect(readReference(id.slice(0, at) + other + id.slice(at + 1))).toBeNull();
        },
      ),
    );
    for (const wrong of ["", "ABC", "../../etc", "ABC-2DE-3F0", "A".repeat(200)]) {
      expect(readReference(wrong)).toBeNull();
    }
  });
});

describe("tracking codes", () => {
  it("open one request under one secret only", () => {
    const deps = { secret: "s".repeat(32) };
    const code = trackingCode(deps, "AB2CD3EF4");
    expect(code).toMatch(/^[a-km-np-z2-9]{16}$/);
    expect(tracks(deps, "AB2CD3EF4", ` ${code.toUpperCase()} `)).toBe(true);
    expect(tracks(deps, "AB2CD3EF5", code)).toBe(false);
    expect(tracks({ secret: "t".repeat(32) }, "AB2CD3EF4", code)).toBe(false);
    expect(tracks(deps, "AB2CD3EF4", `${code}a`)).toBe(false);
    expect(tracks(deps, "AB2CD3EF4", "")).toBe(false);
  });
});
