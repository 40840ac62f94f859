import { stat } from "node:fs/promises";
import { isAppError } from "#domain/errors.ts";
import { bytesText } from "#domain/indonesian.ts";
import { CLOCK_SKEW_MAX_S } from "#protocol/v1.ts";
import type { AgentConfig, TargetConfig, VaultConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import type { TargetFacts } from "../engines/engine.ts";
import { loadIdentity, loadKey } from "../key.ts";
import { childPath, findProgram } from "../process/find-program.ts";
import { unfinishedRestores } from "../restore/restore-journal.ts";

/** One thing looked at: what was found, and how to mend it where it is not right. */
export interface Finding {
  readonly about: string;
  readonly ok: boolean;
  readonly what: string;
  readonly mend: string | null;
}

const TARGET_TIMEOUT_MS = 60_000;
const PORTAL_TIMEOUT_MS = 10_000;
/** Room for the next backup with some to spare. */
const SPACE_FACTOR = 1.2;

const good = (about: string, what: string): Finding => ({ about, ok: true, what, mend: null });
const bad = (about: string, what: string, mend: string): Finding => ({
  about,
  ok: false,
  what,
  mend,
});

/** Key, name and the rights of the data folder. */
export async function diagnoseAgent(config: AgentConfig): Promise<Finding[]> {
  const findings: Finding[] = [];
  const folder = await stat(config.data).catch(() => null);
  if (folder && (folder.mode & 0o077) !== 0) {
    findings.push(
      bad(
        "folder data",
        `${config.data} terbuka bagi pengguna lain`,
        `jalankan: chmod 700 ${config.data}`,
      ),
    );
  }
  try {
    const [key, identity] = [await loadKey(config.data), await loadIdentity(config.data)];
    findings.push(
      key && identity
        ? good("pendaftaran", `terdaftar sebagai ${identity.agent}`)
        : bad(
            "pendaftaran",
            "agen belum terdaftar",
            "minta kode kepada admin portal, lalu jalankan: pulih-agent enroll",
          ),
    );
  } catch (error) {
    if (!isAppError(error)) throw error;
    for (const { pesan } of error.problems)
      findings.push(bad("kunci agen", pesan, "perbaiki berkas itu, lalu periksa lagi"));
  }
  const setpriv = findProgram("setpriv", childPath(process.env.PATH));
  findings.push(
    setpriv
      ? good("alat", "setpriv ada")
      : bad(
          "alat",
          "setpriv tidak ada, sehingga program anak dapat tertinggal bila agen mati",
          "pasang paket util-linux",
        ),
  );
  return findings;
}

/** Reachability of the portal and how far this clock is from its clock. */
export async function diagnosePortal(config: AgentConfig, now: () => Date): Promise<Finding[]> {
  const response = await fetch(new URL("/api/health", config.portal), {
    redirect: "manual",
    signal: AbortSignal.timeout(PORTAL_TIMEOUT_MS),
  }).catch(() => null);
  if (response?.status !== 200) {
    const what = response
      ? `portal menjawab dengan status ${response.status}`
      : "portal tidak dapat dihubungi";
    return [
      bad(
        "portal",
        what,
        "periksa alamat portal, jaringan, dan proxy (HTTPS_PROXY dengan NODE_USE_ENV_PROXY=1)",
      ),
    ];
  }
  await response.body?.cancel();
  const told = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(told)) return [good("portal", "portal menjawab; jamnya tidak disebut")];
  const skewS = Math.round(Math.abs(now().getTime() - told) / 1000);
  return [
    good("portal", "portal menjawab"),
    skewS < CLOCK_SKEW_MAX_S / 2
      ? good("jam", `selisih dengan portal ${skewS} detik`)
      : bad(
          "jam",
          `selisih dengan portal ${skewS} detik; batasnya ${CLOCK_SKEW_MAX_S}`,
          "samakan jam server dengan NTP",
        ),
  ];
}

export interface TargetDiagnosis {
  readonly finding: Finding;
  readonly facts: TargetFacts | null;
}

/** Tools, versions, rights and room of a target, as its engine sees them. */
export async function diagnoseTarget(
  ctx: AgentContext,
  target: TargetConfig,
): Promise<TargetDiagnosis> {
  const about = `sasaran ${target.alias}`;
  try {
    await using host = await ctx.openHost(target.tempat);
    const io = { host, signal: AbortSignal.timeout(TARGET_TIMEOUT_MS), now: ctx.now, log: ctx.log };
    const facts = await ctx.engine(target.engine).inspect(target, io);
    const { estimatedBytes, freeBytes } = facts;
    const versions = `server ${facts.serverVersion}, alat ${facts.toolVersion}`;
    const size = `perkiraan ${bytesText(estimatedBytes)}`;
    if (
      target.izin.includes("restore") &&
      freeBytes !== null &&
      freeBytes < estimatedBytes * SPACE_FACTOR
    ) {
      const what = `ruang kosong ${bytesText(freeBytes)}, ${size}; salinan samping saat pemulihan tidak akan muat`;
      return { facts, finding: bad(about, what, "tambah ruang di server sasaran") };
    }
    return { facts, finding: good(about, `${versions}, ${size}`) };
  } catch (error) {
    return { facts: null, finding: failed(about, error) };
  }
}

/** Reachability, credentials and room of a vault for the largest of its targets. */
export async function diagnoseVault(
  ctx: AgentContext,
  config: VaultConfig,
  neededBytes: number,
): Promise<Finding> {
  const about = `tempat cadangan ${config.alias}`;
  try {
    const vault = ctx.vault(config.alias);
    await vault.prepare();
    const free = await vault.freeBytes();
    if (free !== null && free < neededBytes * SPACE_FACTOR) {
      return bad(
        about,
        `ruang kosong ${bytesText(free)}, cadangan berikutnya sekitar ${bytesText(neededBytes)}`,
        "tambah ruang di tempat cadangan",
      );
    }
    return good(about, `siap, ruang kosong ${bytesText(free)}`);
  } catch (error) {
    return failed(about, error);
  }
}

/** What an interrupted restore has left. */
export async function diagnoseLeftovers(config: AgentConfig): Promise<Finding[]> {
  const { unfinished, damaged } = await unfinishedRestores(config.data);
  return [
    ...unfinished.map(({ job, targets }) =>
      bad(
        "sisa pemulihan",
        `pemulihan ${job} (${targets.map((target) => target.alias).join(", ")}) belum berakhir`,
        "jalankan pulih-agent run; agen mengakhirinya saat mulai",
      ),
    ),
    ...damaged.map((name) =>
      bad(
        "sisa pemulihan",
        `catatan ${name} rusak`,
        "periksa sasarannya, lalu pindahkan catatan itu dari folder data",
      ),
    ),
    ...(unfinished.length + damaged.length === 0 ? [good("sisa pemulihan", "tidak ada")] : []),
  ];
}

/** The table's sentence says what happened, then what to do. */
function failed(about: string, error: unknown): Finding {
  if (!isAppError(error)) return bad(about, "pemeriksaan gagal", "baca catatan agen");
  const [what = "", ...rest] = error.row.pesan.split(". ");
  return bad(about, `${what} (${error.code})`, rest.join(". ") || "baca panduan operator");
}
