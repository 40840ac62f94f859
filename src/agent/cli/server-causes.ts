/** What doctor says of whole servers, and how to mend it; by the message of the error, as in finding.ts. */
import type { AppError } from "#domain/errors.ts";
import type { Cause } from "./finding.ts";

const OWN_FOLDER = "jadikan folder data server itu folder biasa yang memuat semua datanya";

export const SERVER_CAUSES: Readonly<Record<string, Cause>> = {
  "the server does not archive its WAL with pgbackrest": {
    what: "server tidak mengarsipkan WAL dengan pgBackRest",
    mend: "atur archive_mode = on dan archive_command = 'pgbackrest --stanza=<stanza> archive-push %p', lalu mulai ulang server",
  },
  "the WAL does not reach the archive": {
    what: "WAL sudah lama menunggu dan tidak sampai ke arsip",
    mend: "baca log server tentang archive_command dan periksa dengan: pgbackrest --stanza=<stanza> check",
  },
  "the server has another data folder": {
    what: "server yang menjawab memakai folder data lain",
    mend: "samakan direktori dan soket atau berkasOpsi sasaran dengan server itu",
  },
  "tablespaces lie outside of the data folder": {
    what: "ada tablespace di luar folder data",
    mend: "pindahkan isinya ke pg_default, atau cadangkan setiap basis datanya sebagai sasaran postgres",
  },
  "the server is a standby": {
    what: "server itu siaga (standby)",
    mend: "daftarkan server utamanya sebagai sasaran",
  },
  "berkasKonfigurasi does not name the server's settings": {
    what: "pengaturan server ada di berkas lain",
    mend: "isi berkasKonfigurasi dengan hasil: SHOW config_file",
  },
  "data lie outside of the data folder": {
    what: "sebagian data ada di luar folder data",
    mend: OWN_FOLDER,
  },
  "data lie outside of the folder": {
    what: "di folder data ada tautan ke tempat lain",
    mend: OWN_FOLDER,
  },
  "a link or a mount point cannot be swapped": {
    what: "folder data adalah tautan atau titik pasang",
    mend: "pindahkan data ke folder di dalamnya; titik pasang tidak dapat ditukar dengan nama",
  },
  "mariabackup cannot lock tables with such names": {
    what: "ada tabel bukan InnoDB yang namanya memuat tanda kutip balik",
    mend: "ubah nama skema atau tabel itu, atau jadikan InnoDB",
  },
  "the agent is neither root nor the data's owner": {
    what: "akun agen di server itu bukan root dan bukan pemilik folder data",
    mend: "jalankan agen sebagai root atau sebagai pemilik folder data",
  },
  "pgBackRest no longer has the backup": {
    what: "cadangan terbaru sudah tidak ada di repositori pgBackRest",
    mend: "samakan repo1-retention-* dengan retensi sasaran, lalu buat cadangan baru",
  },
};

/** Versions that do not fit together, each by its name. */
export function versionCause({ code, message, detail }: AppError): Cause | null {
  if (code !== "ENGINE_VERSION") return null;
  const { program, server, tool, toolMin, backup } = detail;
  if (typeof toolMin === "string") {
    const mend = `perbarui ${String(program)} di server itu`;
    return { what: `${String(program)} ${String(tool)}, paling rendah ${toolMin}`, mend };
  }
  if (typeof backup === "string") {
    const mend = "pasang versi yang sama dengan cadangan itu, atau pulihkan di server lain";
    return { what: `server ${String(server)}, cadangan ${backup}`, mend };
  }
  if (message.endsWith("of different series")) {
    const mend = "pasang mariadb-backup dari seri yang sama dengan server";
    return { what: `server ${String(server)}, alat ${String(tool)}`, mend };
  }
  return null;
}
