import { stat } from "node:fs/promises";
import { isAppError } from "#domain/errors.ts";
import { CLOCK_SKEW_MAX_S } from "#protocol/v1.ts";
import type { AgentConfig } from "../config.ts";
import { askPortal } from "../keep/portal-clock.ts";
import { loadIdentity, loadKey } from "../key.ts";
import { childPath, findProgram } from "../process/find-program.ts";
import { unfinishedRestores } from "../restore/restore-journal.ts";
import { bad, type Finding, good } from "./finding.ts";

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
    if (identity && !key) {
      findings.push(
        bad(
          "kunci agen",
          `kunci agen ${identity.agent} hilang, sehingga cadangannya tidak dapat dikenali`,
          "kembalikan agent-key.json dari salinannya; tanpa salinan, daftarkan agen baru dan pakai perangkat pemulihan darurat untuk cadangan lama",
        ),
      );
    } else if (key && identity) {
      findings.push(
        good("pendaftaran", `terdaftar sebagai ${identity.agent}, kunci umum ${key.jwk.x}`),
      );
    } else {
      findings.push(
        bad(
          "pendaftaran",
          "agen belum terdaftar",
          "minta kode kepada admin portal, lalu jalankan: pulih-agent enroll",
        ),
      );
    }
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
  const answer = await askPortal(config.portal);
  if (answer?.status !== 200) {
    const what = answer
      ? `portal menjawab dengan status ${answer.status}`
      : "portal tidak dapat dihubungi";
    return [
      bad(
        "portal",
        what,
        "periksa alamat portal, jaringan, dan proxy (HTTPS_PROXY dengan NODE_USE_ENV_PROXY=1)",
      ),
    ];
  }
  if (!answer.time) return [good("portal", "portal menjawab; jamnya tidak disebut")];
  const skewS = Math.round(Math.abs(now().getTime() - answer.time.getTime()) / 1000);
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

/** What an interrupted restore has left. */
export async function diagnoseRestores(config: AgentConfig): Promise<Finding[]> {
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
