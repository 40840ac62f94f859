import { type Finding, finding } from "./finding.ts";
import type { Sop, SopRole } from "./schema.ts";

/**
 * Acts that must be done by different persons cannot be where one person alone can do both.
 *
 * `soleHolder`: positions of the agency that one person holds at a time.
 */
export function lintSeparation(sop: Sop, soleHolder: ReadonlySet<string>): Finding[] {
  const roles = new Map<string, SopRole>(
    sop.pelaksana.flatMap((column) => column.peran.map((role) => [role.id, role])),
  );
  const doers = new Map(sop.langkah.flatMap((step) => step.tindakan.map((act) => [act.id, act])));
  const postsOf = (role: string | undefined): readonly string[] =>
    roles.get(role ?? "")?.jabatan ?? [];
  return sop.langkah.flatMap((step, stepAt) =>
    step.tindakan.flatMap((act, actAt) =>
      act.bedaOrangDari.flatMap((other, at) => {
        const own = postsOf(act.oleh);
        const others = postsOf(doers.get(other)?.oleh);
        // An unknown act, role or post has its own finding.
        if (own.length === 0 || others.length === 0) return [];
        const [post, ...more] = new Set([...own, ...others]);
        if (post === undefined || more.length > 0 || !soleHolder.has(post)) return [];
        return [
          finding(
            "pemisahan-mustahil",
            ["langkah", stepAt, "tindakan", actAt, "bedaOrangDari", at],
            `Tindakan "${act.id}" dan "${other}" hanya dapat dikerjakan jabatan "${post}", yang dipegang satu orang.`,
            "Tambahkan jabatan lain pada salah satu peran, atau hapus butir ini.",
          ),
        ];
      }),
    ),
  );
}
