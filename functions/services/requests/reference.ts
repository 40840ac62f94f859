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
  let body = "";
  for (let at = 0; at < LENGTH; at += 1) {
    const from = (at + 1) % 3 === 0 ? DIGITS : LETTERS;
    const value = (random[2 * at] ?? 0) * 256 + (random[2 * at + 1] ?? 0);
    body += from.charAt(value % from.length);
  }
  return body + checkCharacter(body);
}

/** The stored form of what a person typed, whatever its case, spaces and hyphens; null if it cannot be one. */
export function readReference(typed: string): string | null {
  const compact = typed.toUpperCase().replace(/[\s\-.]/g, "");
  if (compact.length !== LENGTH + 1) return null;
  if ([...compact].some((char) => !ALPHABET.includes(char))) return null;
  return checkCharacter(compact.slice(0, -1)) === compact.at(-1) ? compact : null;
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
