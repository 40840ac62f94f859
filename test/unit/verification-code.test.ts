import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withCheck } from "#functions/services/requests/reference.ts";
import {
  readVerificationCode,
  showVerificationCode,
} from "#functions/services/signing/verification-code.ts";
import { letterStanding } from "../../src/components/letter-standing.ts";
import { verdictOnLetter } from "../../src/scripts/letter-verdict.ts";

const code = fc.uint8Array({ minLength: 18, maxLength: 18 }).map((random) => withCheck(random, 9));

describe("verification code", () => {
  it("is read as printed, in any case, with spaces and hyphens of any kind", () => {
    fc.assert(
      fc.property(code, (stored) => {
        expect(readVerificationCode(stored)).toBe(stored);
        expect(readVerificationCode(showVerificationCode(stored))).toBe(stored);
        expect(readVerificationCode(` ${stored.toLowerCase()} `)).toBe(stored);
        expect(readVerificationCode([...stored].join("\u2011"))).toBe(stored);
        expect(readVerificationCode([...stored].join(" "))).toBe(stored);
      }),
    );
  });

  it("is read where a letter was taken for a digit or a digit for a letter", () => {
    const misread: Readonly<Record<string, string>> = {
      D: "O",
      L: "1",
      A: "4",
      S: "5",
      G: "6",
      B: "8",
      "2": "Z",
      "4": "A",
      "5": "s",
      "6": "G",
      "8": "b",
    };
    fc.assert(
      fc.property(code, fc.nat(8), (stored, at) => {
        const char = misread[stored.charAt(at)] ?? stored.charAt(at);
        const typed = stored.slice(0, at) + char + stored.slice(at + 1);
        expect(readVerificationCode(typed)).toBe(stored);
      }),
      { numRuns: 500 },
    );
  });

  it("is none where one character is simply another", () => {
    fc.assert(
      fc.property(
        code,
        fc.nat(8),
        fc.constantFrom(..."CEFHJKMNPRTUVWXY379"),
        (stored, at, char) => {
          fc.pre(stored.charAt(at) !== char);
          const typed = stored.slice(0, at) + char + stored.slice(at + 1);
          expect(readVerificationCode(typed)).not.toBe(stored);
        },
      ),
    );
  });

  it("is none whatever else is typed, and never an error", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (typed) => {
        const read = readVerificationCode(typed);
        expect(read === null || read.length === 10).toBe(true);
      }),
    );
    expect(readVerificationCode("ABC")).toBeNull();
    expect(readVerificationCode("x".repeat(100_000))).toBeNull();
  });
});

describe("what is said of a letter", () => {
  it("never makes a sample look real, whoever signed it", () => {
    for (const signedWith of ["local-test", "bsre-v1", null] as const) {
      expect(letterStanding({ sample: true, signedWith })).toMatchObject({
        tone: "plain",
        title: "CONTOH:",
      });
    }
    expect(letterStanding({ sample: false, signedWith: "bsre-v1" }).tone).toBe("positive");
    expect(letterStanding({ sample: false, signedWith: null }).tone).toBe("plain");
  });

  it("is that its file fits only where every digit of the digest does", () => {
    const digest = "a".repeat(64);
    const other = `${"a".repeat(63)}b`;
    expect(verdictOnLetter({ digest, sample: false }, digest).tone).toBe("positive");
    expect(verdictOnLetter({ digest, sample: true }, digest).tone).toBe("plain");
    expect(verdictOnLetter({ digest, sample: false }, other).tone).toBe("negative");
    expect(verdictOnLetter({ digest, sample: true }, other).tone).toBe("negative");
  });
});
