import { readFrontMatter } from "#catalog/front-matter.ts";
import { SAMPLE_POSTS } from "#catalog/scaffold-agency.ts";
import { sopFile } from "#catalog/scaffold-sop.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";

/** The SOP that `pulih init sop` begins: nothing to mend, nothing to advise. */
export function scaffoldedSop(): Sop {
  const file = sopFile({
    slug: "contoh",
    instansi: "contoh",
    judul: "SOP CONTOH",
    jabatan: SAMPLE_POSTS,
  });
  const matter = readFrontMatter(file);
  if (!("data" in matter)) throw new Error("the scaffold is not readable");
  return SopSchema.parse(matter.data);
}
