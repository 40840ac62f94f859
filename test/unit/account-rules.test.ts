import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { returnPath } from "#domain/return-path.ts";
import { securityHeaders } from "#functions/security-headers.ts";
import { showsTwoFactors } from "#functions/services/people/oidc-claims.ts";
import { passwordProblem } from "#functions/services/people/password-rules.ts";
import { programOf } from "#functions/services/people/program-name.ts";

describe("the way back after signing in", () => {
  it("is a page of the workroom or the workroom itself, whatever is asked for", () => {
    expect(returnPath("/ruang-kerja/permohonan/ABC-2DE-3FG/?a=1&b=%20x")).toBe(
      "/ruang-kerja/permohonan/ABC-2DE-3FG/?a=1&b=%20x",
    );
    const paths = [
      "",
      null,
      undefined,
      "/",
      "//x",
      "https://x",
      "/ruang-kerja/\\x",
      "/ruang-kerja",
    ];
    for (const path of paths) expect(returnPath(path)).toBe("/ruang-kerja/");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), fc.boolean(), (text, inside) => {
        const path = returnPath(inside ? `/ruang-kerja/${text}` : text);
        const url = new URL(path, "https://pulih.test");
        expect(url.origin).toBe("https://pulih.test");
      }),
    );
  });
});

describe("a password", () => {
  const own = { name: "Siti Rahmawati", email: "siti.r@diskominfo.kaltimprov.go.id" };

  it("may be any words that nobody would guess", () => {
    for (const good of ["perahu kuning di hulu", "9fK!x2_qLw7&", "budi membaca koran pagi"]) {
      expect(passwordProblem(good, own), good).toBeNull();
    }
  });

  it("is told what to mend: length, runs, own words, common words", () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ["sembilan9", /paling sedikit 10/],
      ["x".repeat(129), /paling banyak 128/],
      ["aaaaaaaaaaaa", /berulang/],
      ["1234567890", /berurutan/],
      ["qwertyuiop123", /berurutan/],
      ["Rahmawati1990", /nama, surel/],
      ["kaltimprov!2026", /nama, surel/],
      ["P@ssw0rd2026", /umum/],
      ["Indonesia-45", /umum/],
      ["bismillah123", /umum/],
    ];
    for (const [password, pesan] of wrong) {
      expect(passwordProblem(password, own), password).toMatch(pesan);
    }
  });
});

describe("what the agency's service says of a sign-in", () => {
  it("counts as two factors only where it names two, or one of the known classes", () => {
    for (const claims of [
      { amr: ["mfa"] },
      { amr: ["pwd", "otp"] },
      { amr: ["hwk", "fpt"] },
      { acr: "phrh" },
    ]) {
      expect(showsTwoFactors(claims), JSON.stringify(claims)).toBe(true);
    }
    for (const claims of [
      {},
      { amr: ["pwd"] },
      { amr: ["pwd", "pin"] },
      { amr: ["otp"] },
      { amr: "mfa" },
      { acr: "1" },
    ]) {
      expect(showsTwoFactors(claims), JSON.stringify(claims)).toBe(false);
    }
  });
});

describe("the list of sessions", () => {
  it("names programs as people know them", () => {
    const chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
    expect(programOf(chrome)).toBe("Chrome di Windows");
    expect(programOf(`${chrome} Edg/140.0`)).toBe("Edge di Windows");
    expect(programOf("Mozilla/5.0 (iPhone; like Mac OS X) Version/18 Safari/604.1")).toBe(
      "Safari di iOS",
    );
    expect(programOf("curl/8")).toBe("Program lain");
  });
});

describe("security headers", () => {
  it("bind browsers to HTTPS where people come by it, and only there", () => {
    const names = (origin: string) => securityHeaders(origin).map(([name]) => name);
    expect(names("https://pulih.contoh.go.id")).toContain("strict-transport-security");
    expect(names("http://127.0.0.1:3000")).not.toContain("strict-transport-security");
  });
});
