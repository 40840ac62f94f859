import { stemmer as stem } from "@orama/stemmers/indonesian";

/** A word or number; everything else parts them. */
const WORD = /[\p{L}\p{N}]+/gu;

/** Words that are in every text and tell nothing. Asked alone, they still find. */
const COMMON = new Set(
  `ada adalah agar akan antara apa apakah atas atau bagaimana bagi bila cara dalam dan dapat dari
  dengan di itu ini ke kepada oleh pada saja saya sebagai serta tentang untuk yaitu yang`.split(
    /\s+/,
  ),
);

/** The content of a portal holds fewer different words; what people type must not fill the memory. */
const STEMS_MAX = 50_000;
const stems = new Map<string, string>();

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** What is asked for: without the common words, unless nothing else is asked. */
export function askedWords(text: string): string[] {
  const words = wordsOf(text);
  const telling = words.filter((word) => !COMMON.has(word));
  return telling.length > 0 ? telling : words;
}

/** Snowball's Indonesian stem, as the index in the browser has it: "pencadangan" and "cadangan" meet. */
export function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  if (stems.size >= STEMS_MAX) stems.clear();
  const made = stem(word);
  stems.set(word, made);
  return made;
}
