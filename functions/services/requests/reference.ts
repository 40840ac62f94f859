/**
 * Reference numbers: eight characters of an alphabet without I, O, Q, Z, 0 and 1, every third one a
 * digit so that no word can appear, and a check character (Luhn mod 30) that notices one wrong
 * character and neighbours that changed places. Stored without hyphens, shown as ABC-DEF-GHK.
 */
const LETTERS = "ABCDEFGHJKLMNPRSTUVWXY";
const DIGITS = "23456789";
const ALPHABET = LETTERS + DIGITS;
const LENGTH = 8;

/** `random` gives at least 16 bytes; two a character keep the choice even enough. */
export function newReference(random: Uint8Array): string {
  return withCheck(random, LENGTH);
}

/** `length` characters and their check character, from two random bytes each. */
export function withCheck(random: Uint8Array, length: number): string {
  let body = "";
  for (let at = 0; at < length; at += 1) {
    const from = (at + 1) % 3 === 0 ? DIGITS : LETTERS;
    const value = (random[2 * at] ?? 0) * 256 + (random[2 * at + 1] ?? 0);
    body += from.charAt(value % from.length);
  }
  return body + checkCharacter(body);
}

/** The stored form of what a person typed, whatever its case, spaces and hyphens; null if it cannot be one. */
export function readReference(typed: string): string | null {
  const compact = typed.toUpperCase().replace(/[\s\-.]/g, "");
  return compact.length === LENGTH + 1 && holdsCheck(compact) ? compact : null;
}

/** Whether all characters are of the alphabet and the last one is the check of the others. */
export function holdsCheck(compact: string): boolean {
  if ([...compact].some((char) => !ALPHABET.includes(char))) return false;
  return checkCharacter(compact.slice(0, -1)) === compact.at(-1);
}

export function showReference(id: string): string {
  return id.match(/.{1,3}/g)?.join("-") ?? id;
}

function checkCharacter(body: string): string {
  const base = ALPHABET.length;
  let sum = 0;
  let factor = 2;
  for (const char of [...body].reverse()) {
    const product = ALPHABET.indexOf(char) * factor;
    sum += Math.floor(product / base) + (product % base);
    factor = factor === 2 ? 1 : 2;
  }
  return ALPHABET.charAt((base - (sum % base)) % base);
}
