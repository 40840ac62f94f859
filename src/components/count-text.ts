import { numberText } from "#domain/indonesian.ts";
import type { Shown } from "#domain/transparency/protect.ts";

/** A public count; small ones are never told exactly. */
export function countText(shown: Shown): string {
  switch (shown.kind) {
    case "count":
      return numberText(shown.value);
    case "small":
      return "kurang dari 5";
    case "withheld":
    case "hidden":
      return "tidak ditampilkan";
  }
}
