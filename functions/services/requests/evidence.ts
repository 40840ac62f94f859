import { and, inArray, isNotNull, sql } from "drizzle-orm";
import { jobs } from "#db/schema/jobs.ts";
import type { ZoneId } from "#domain/calendar/local-time.ts";
import { bytesText, instantText, minutesText, numberText } from "#domain/indonesian.ts";
import { Envelope, fromBase64 } from "#domain/trust/dsse.ts";
import type { JobOutcome } from "#domain/workflow/view.ts";
import { JobResult } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { ENGINE_LABELS } from "../words.ts";
import { type LoadedRequest, zoneOf } from "./load.ts";

interface Evidence {
  readonly label: string;
  readonly value: string;
}

/** The result inside a stored envelope, whose signature was proven when it arrived; null for a refusal. */
export function storedResult(stored: string | null): JobResult | null {
  if (stored === null) return null;
  const envelope = Envelope.safeParse(JSON.parse(stored));
  if (!envelope.success) return null;
  return JobResult.parse(JSON.parse(new TextDecoder().decode(fromBase64(envelope.data.payload))));
}

const LIVE_WORDS = {
  present: "ada",
  absent: "tidak ada",
  unreadable: "tidak dapat dibaca",
} as const;

/** The signed figures as labelled lines; free of hosts, paths and names of the former data. */
export function evidenceOf(result: JobResult, resultDigest: string, zone: ZoneId): Evidence[] {
  const lines: Evidence[] = [];
  const line = (label: string, value: string) => lines.push({ label, value });
  for (const target of result.targets) {
    line("Sasaran", `${target.alias} (${ENGINE_LABELS[target.engine] ?? target.engine})`);
    if (target.backup) {
      line("Cadangan", target.backup.id);
      line("Ukuran cadangan", bytesText(target.backup.bytes));
      line("Tempat cadangan", `${target.backup.vault} (${target.backup.vaultKind})`);
      line(`Sidik isi cadangan ${target.alias} (SHA-256)`, target.backup.content);
      line(`Sidik manifes ${target.alias} (SHA-256)`, target.backup.manifest);
    }
    if (target.check) {
      line("Berkas cadangan terbaca utuh", target.check.readable ? "Ya" : "Tidak");
      line("Ukuran yang dibaca", bytesText(target.check.bytes));
      line("Tingkat pemeriksaan", target.check.level);
    }
    if (target.restore) {
      const { restore } = target;
      line(
        `Sidik isi sebelum dipulihkan, ${target.alias}`,
        restore.liveBefore ?? "tidak ada data sebelumnya",
      );
      line(`Sidik isi sesudah dipulihkan, ${target.alias}`, restore.liveAfter);
      line(`Sidik isi yang diharapkan, ${target.alias}`, restore.expected);
      line("Isi sama dengan cadangan", restore.digestsEqual ? "Ya" : "Tidak");
      line("Jumlah kelompok data", numberText(restore.units));
      line("Jumlah baris atau berkas", numberText(restore.rows));
      line("Waktu penukaran", `${numberText(restore.swapMs)} milidetik`);
      line("Tingkat pembuktian", restore.level);
      line("Cadangan pengaman", restore.safetyBackup ?? "tidak ada: tidak ada data sebelumnya");
    }
    if (target.preview) {
      const { live, total, changedUnits, equalUnits, changedDefinitions } = target.preview;
      line("Data yang sekarang dipakai", LIVE_WORDS[live]);
      line("Akan bertambah", numberText(total.added));
      line("Akan berubah", numberText(total.changed));
      line("Akan hilang", numberText(total.lost));
      line("Kelompok data yang berbeda", numberText(changedUnits));
      line("Kelompok data yang sama", numberText(equalUnits));
      line("Objek yang berbeda", numberText(changedDefinitions));
    }
    if (target.followUp) {
      const { liveAfter, safetyBackup } = target.followUp;
      if (liveAfter) line(`Sidik isi sesudah dikembalikan, ${target.alias}`, liveAfter);
      if (safetyBackup) line("Cadangan pengaman", safetyBackup);
    }
  }
  line("Pekerjaan agen dimulai", instantText(result.startedAt, zone));
  line("Pekerjaan agen selesai", instantText(result.finishedAt, zone));
  const minutes = (Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 60_000;
  line("Lama pekerjaan agen", minutesText(Math.max(0, minutes)));
  line("Sidik hasil bertanda tangan (SHA-256)", resultDigest);
  return lines;
}

export function outcomesOf(result: JobResult): JobOutcome[] {
  return result.targets.map(({ alias, engine, backup, restore }) => ({
    alias,
    engine,
    backup: backup && {
      id: backup.id,
      vault: backup.vault,
      bytes: backup.bytes,
      content: backup.content,
    },
    restore: restore && {
      damaged: restore.liveBefore !== restore.expected,
      digestsEqual: restore.digestsEqual,
      swapMs: restore.swapMs,
    },
  }));
}

/** Signed figures of the succeeded jobs of this round, and what they prove in one sentence. */
export async function proofOf(
  deps: Pick<Deps, "db" | "catalog">,
  { state, row: { agency } }: Pick<LoadedRequest, "state" | "row">,
): Promise<{ readonly evidence: readonly Evidence[]; readonly conclusion: string | null }> {
  const ids = Object.values(state.jobs)
    .filter((job) => job.phase === "succeeded")
    .map((job) => job.job);
  const undone = state.restores.some(
    ({ job, followUp }) =>
      ids.includes(job) && followUp?.action === "rollback" && followUp.phase === "succeeded",
  );
  if (ids.length === 0) return { evidence: [], conclusion: null };
  const rows = await deps.db.orm
    .select({ result: jobs.result, digest: jobs.resultDigest })
    .from(jobs)
    .where(and(inArray(jobs.id, ids), isNotNull(jobs.result)))
    .orderBy(sql`rowid`);
  const zone = zoneOf(deps, agency);
  const results = rows.flatMap(({ result, digest }) => {
    const read = storedResult(result);
    return read ? [{ read, digest: digest ?? "" }] : [];
  });
  return {
    evidence: results.flatMap(({ read, digest }) => evidenceOf(read, digest, zone)),
    conclusion: conclusionOf(
      results.flatMap(({ read }) => read.targets),
      undone,
    ),
  };
}

const ROLLED_BACK = " Sesudahnya data dikembalikan ke keadaan sebelum pemulihan (di luar SOP).";

/** `undone`: people had the former data made live again since then. */
function conclusionOf(targets: JobResult["targets"], undone: boolean): string | null {
  const restores = targets.flatMap(({ restore }) => (restore ? [restore] : []));
  if (restores.length > 0) {
    const same = restores.every(({ digestsEqual }) => digestsEqual) ? "sama" : "tidak sama";
    return `Pemulihan ${restores.length} sasaran selesai; menurut hasil yang ditandatangani agen, isinya ${same} dengan isi cadangan.${undone ? ROLLED_BACK : ""}`;
  }
  const backups = targets.filter(({ backup, check }) => backup !== null && check === null);
  if (backups.length === 0) return null;
  return `Pencadangan ${backups.length} sasaran selesai; menurut hasil yang ditandatangani agen, setiap cadangan tercatat dengan sidik isi dan manifesnya.`;
}
