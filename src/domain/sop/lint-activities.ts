import { type Finding, finding } from "./finding.ts";
import { beginsWithVerb } from "./lint-verbs.ts";
import type { Sop, SopStep } from "./schema.ts";

/** How the activities are worded: begun by an active verb, the actor in its column only. */
export function lintActivities(sop: Sop): Finding[] {
  const actors = sop.pelaksana.flatMap((column) => [
    ...namesOf(column.judul),
    ...column.peran.flatMap((role) => namesOf(role.judul)),
  ]);
  return sop.langkah.flatMap((step, at) => {
    if (isBareWord(step)) return [];
    const path = ["langkah", at, "uraian"];
    const named = actorIn(step, actors, ownActors(sop, step));
    if (named !== null) {
      return [
        finding(
          "uraian-menyebut-pelaksana",
          path,
          `Uraian langkah ${step.no} menyebut pelaksananya: "${named}".`,
          "Pada revisi berikutnya mulailah uraian dengan kata kerja; naskah yang berlaku tidak diubah.",
        ),
      ];
    }
    // A question at a decision is answered by its exits.
    const asks = step.simbol === "keputusan" && step.uraian.endsWith("?");
    if (asks || beginsWithVerb(step.uraian)) return [];
    return [
      finding(
        "uraian-tanpa-kata-kerja",
        path,
        `Uraian langkah ${step.no} tidak diawali kata kerja aktif: "${firstWords(step.uraian)}".`,
        'Pada revisi berikutnya tulis mis. "Mengecek …", bukan "Pengecekan …"; naskah yang berlaku tidak diubah.',
      ),
    ];
  });
}

/** A numbered "Mulai" or "Selesai" is a mark, not an activity. */
export function isBareWord({ uraian }: Pick<SopStep, "uraian">): boolean {
  return /^(?:mulai|selesai)\.?$/i.test(uraian);
}

/** The names by which people call an actor: "SKPD / OPD" is called SKPD and OPD. */
function namesOf(title: string): string[] {
  const parts = title.split(/[/&()]|\bdan\b|\batau\b/i).map((part) => part.trim());
  return [title, ...parts].filter((name) => name.length >= 2);
}

function ownActors(sop: Sop, step: SopStep): string[] {
  // Where several share a step, one may well be told what to do for the other.
  if (step.kolom.length !== 1) return [];
  return sop.pelaksana
    .filter((column) => column.id === step.kolom[0])
    .flatMap((column) => [...namesOf(column.judul), ...column.peran.map((role) => role.judul)]);
}

/** The actor an activity names as its doer; an actor it is addressed to is no doer. */
function actorIn(step: SopStep, actors: readonly string[], own: readonly string[]): string | null {
  const text = step.uraian;
  const longestFirst = [...new Set(actors)].sort((a, b) => b.length - a.length);
  const leading =
    longestFirst.find((name) => whole(`^${escaped(name)}`).test(text)) ??
    // "Administrator memverifikasi …" for the Administrator Bidang TIK.
    longestFirst
      .map((name) => name.split(/\s+/)[0] ?? "")
      .find(
        (word) =>
          word.length >= 2 && !beginsWithVerb(word) && whole(`^${escaped(word)}`).test(text),
      );
  if (leading !== undefined) return leading;
  const byWhom = longestFirst.find((name) => whole(`\\boleh ${escaped(name)}`).test(text));
  if (byWhom !== undefined) return `oleh ${byWhom}`;
  const addressed = "(?<!\\b(?:kepada|ke|dari|untuk|bagi|nama|dengan|antara|pada)\\s)";
  return own.find((name) => whole(`${addressed}\\b${escaped(name)}`).test(text)) ?? null;
}

function whole(pattern: string): RegExp {
  return new RegExp(`${pattern}(?![\\p{L}\\p{N}])`, "iu");
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function firstWords(text: string): string {
  const words = text.split(/\s+/);
  return words.length > 4 ? `${words.slice(0, 4).join(" ")} …` : text;
}
