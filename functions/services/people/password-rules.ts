import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "./accounts.ts";
import { COMMON_WORDS } from "./common-words.ts";

/** What the rest of a password must have beside words that anybody would guess. */
const REST_MIN = 6;

/** What is wrong with a password and what to do; null where nothing is. */
export function passwordProblem(
  password: string,
  own: { readonly name: string; readonly email: string },
): string | null {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN) {
    return `Kata sandi paling sedikit ${PASSWORD_LENGTH_MIN} huruf. Gabungkan beberapa kata.`;
  }
  if (length > PASSWORD_LENGTH_MAX) {
    return `Kata sandi paling banyak ${PASSWORD_LENGTH_MAX} huruf. Pendekkan kata sandi.`;
  }
  const plain = plainOf(password);
  if (new Set(plain).size < 5 || isRun(plain)) {
    return "Kata sandi berulang atau berurutan. Gabungkan beberapa kata yang tidak berkaitan.";
  }
  if (isWeak(plain, wordsOf(`${own.name} ${own.email}`))) {
    return "Kata sandi memuat nama, surel, atau nama dinas Anda. Pakai kata lain.";
  }
  if (isWeak(plain, COMMON_WORDS)) {
    return "Kata sandi ini terlalu umum. Gabungkan beberapa kata yang tidak berkaitan.";
  }
  return null;
}

/** Small letters, and figures read as the letters they are written for. */
function plainOf(password: string): string {
  const letters: Readonly<Record<string, string>> = {
    0: "o",
    1: "i",
    3: "e",
    4: "a",
    5: "s",
    7: "t",
  };
  const small = password.toLowerCase().replace(/[@]/g, "a").replace(/\$/g, "s");
  return small.replace(/(?<=[a-z])[013457](?=[a-z])/g, (figure) => letters[figure] ?? figure);
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length >= 4);
}

/** Whether a word of the list is in it and too little is left without the words, figures and marks. */
function isWeak(plain: string, words: readonly string[]): boolean {
  const found = words.filter((word) => plain.includes(word));
  if (found.length === 0) return false;
  const rest = found
    .sort((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ""), plain);
  return rest.replace(/[^a-z]/g, "").length < REST_MIN;
}

/** "1234567890", "abcdefghij" and the rows of a keyboard, either way. */
function isRun(plain: string): boolean {
  const rows = ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
  const both = rows.flatMap((row) => [row, [...row].reverse().join("")]);
  const rest = plain.replace(/[a-z]{4,}|[0-9]{4,}/g, (piece) =>
    both.some((row) => row.includes(piece)) ? "" : piece,
  );
  return rest.length < REST_MIN;
}
