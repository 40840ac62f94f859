import { judge } from "#catalog/lint-content.ts";
import { localDate, ZONES } from "#domain/calendar/local-time.ts";
import { contentOf } from "./content.ts";
import type { BuildStep } from "./steps.ts";

/** More would push the rest of the build's log off the screen. */
const FILES_SHOWN = 20;

/** Advice on the content, counted by file; mistakes have stopped the build before it came here. */
export const lint: BuildStep = {
  name: "lint",
  async run({ contentDir, logger }) {
    const today = localDate(new Date(), ZONES["Asia/Jakarta"].offsetMinutes);
    const { remarks } = judge(await contentOf(contentDir), { today, lines: false });
    const open = remarks.filter(({ diketahui }) => diketahui === null);
    const files = Map.groupBy(open, ({ file }) => file);
    for (const [file, own] of [...files].slice(0, FILES_SHOWN)) {
      logger.warn(`${file}: ${own.length} peringatan`);
    }
    if (files.size > FILES_SHOWN) logger.warn(`dan ${files.size - FILES_SHOWN} berkas lain`);
    if (open.length > 0) logger.warn("Rincian dan saran: npx pulih sop lint");
    return `${open.length} warnings in ${files.size} files`;
  },
};
