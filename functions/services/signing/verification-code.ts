import { holdsCheck } from "../requests/reference.ts";

/**
 * Codes of letters: letters and digits in the order of reference numbers, so what was misread can be
 * told from its place, and a check character at the end, so a wrong guess is noticed.
 */
const LENGTH = 10;
const AS_LETTER: Readonly<Record<string, string>> = {
  "0": "D",
  O: "D",
  Q: "D",
  "1": "L",
  I: "L",
  "4": "A",
  "5": "S",
  "6": "G",
  "8": "B",
};
const AS_DIGIT: Readonly<Record<string, string>> = { A: "4", B: "8", G: "6", S: "5", Z: "2" };

/** The stored form of what a person typed or scanned; null if it cannot be one. */
export function readVerificationCode(typed: string): string | null {
  const compact = typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\-.\u2010-\u2015]/g, "");
  if (compact.length !== LENGTH) return null;
  const body = [...compact]
    .slice(0, -1)
    .map((char, at) => ((at + 1) % 3 === 0 ? AS_DIGIT : AS_LETTER)[char] ?? char)
    .join("");
  const last = compact.charAt(LENGTH - 1);
  // The check itself is of either kind: as typed first, then as it may have been misread.
  const ends = [last, AS_LETTER[last], AS_DIGIT[last]].filter((end) => end !== undefined);
  return ends.map((end) => body + end).find(holdsCheck) ?? null;
}

/** As it is printed and read aloud. */
export function showVerificationCode(code: string): string {
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}
