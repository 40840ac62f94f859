/**
 * Places where a word too wide for its column may part: after a vowel that a consonant and a vowel
 * follow, and between two consonants that stand between vowels (Indonesian: me-nu-lis, in-for-ma-si).
 * What is no plain word, e.g. an address, may part after every fourth sign.
 */
const HYPHEN = "\u00AD";
const SPACE = "\u200B";
const WORD = /^[("]*\p{L}+[.,;:)"]*$/u;
/** Two letters that are one sound never part. */
const CONSONANT = "(?:ng|ny|sy|kh|n(?![gy])|s(?!y)|k(?!h)|[b-df-hjlmp-rtv-z])";
const AFTER_VOWEL = new RegExp(`([aiueo])(?=${CONSONANT}[aiueo])`, "gi");
const BETWEEN = new RegExp(`([aiueo]${CONSONANT})(?=${CONSONANT}[aiueo])`, "gi");
/** Shorter words fit the narrowest column. */
const LONG = 7;

export function softHyphens(word: string): string {
  if (!WORD.test(word)) return word.replace(/(.{4})(?=.)/gu, `$1${SPACE}`);
  const parted = word.replace(BETWEEN, `$1${HYPHEN}`).replace(AFTER_VOWEL, `$1${HYPHEN}`);
  return parted === word ? word.replace(/(.{4})(?=.{3})/gu, `$1${HYPHEN}`) : parted;
}

/** All long words of some texts, each with its places to part. */
export function partingWords(texts: readonly string[]): Record<string, string> {
  const words = new Set(texts.flatMap((text) => text.split(" ")));
  return Object.fromEntries(
    [...words].filter((word) => word.length >= LONG).map((word) => [word, softHyphens(word)]),
  );
}
