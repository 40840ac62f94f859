/**
 * What the recovery kit says of whole servers: as root on a machine with the server's programs, into a
 * folder of its own, and tried out without network before the service is given it.
 */
import { readFile } from "node:fs/promises";
import type { TargetOf } from "../config.ts";
import type { TargetPart } from "./kit-target.ts";
import { quoteShell } from "./kit-text.ts";

export async function clusterPart(
  target: TargetOf<"postgres-cluster">,
  stream: string,
): Promise<TargetPart> {
  const owner = quoteShell(target.pemilik);
  const outside = target.berkasKonfigurasi;
  const config = outside === null ? "" : ` -c config_file='${outside}'`;
  const signIn = `-h "$TUJUAN" -p ${target.port} -U ${quoteShell(target.pengguna)} -d postgres`;
  return {
    programs: ["pgbackrest", "postgresql (versi utama yang sama)"],
    before: [
      "printf '%s\\n' \\",
      ...(await linesOf(target.berkasPgbackrest)).map((line) => `  ${quoteShell(line)} \\`),
      "  > pgbackrest.conf",
      `TUJUAN=${quoteShell(target.direktori)}`,
    ],
    load: [
      // The owner may not enter the folder in which root works.
      `sebagai() { (cd / && runuser -u ${owner} -- "$@"); }`,
      `install -d -m 700 -o ${owner} -- "$TUJUAN" && test -z "$(ls -A "$TUJUAN")"`,
      // The server reads it once more, as its owner, when it fetches the WAL.
      `install -m 600 -o ${owner} pgbackrest.conf "$TUJUAN.pgbackrest.conf"`,
      `TITIK="$(jq -r .restorePoint ${stream})"`,
      `sebagai pgbackrest --config="$TUJUAN.pgbackrest.conf" --stanza=${target.stanza} \\`,
      '  --pg1-path="$TUJUAN" --set="$(jq -r .external.object manifes.json)" --type=name \\',
      '  --target="$TITIK" --target-timeline=current --target-action=promote restore',
      'BIN="/usr/lib/postgresql/$(cat "$TUJUAN/PG_VERSION")/bin"',
      'test -d "$BIN" || BIN="/usr/pgsql-$(cat "$TUJUAN/PG_VERSION")/bin"',
      'sebagai "$BIN/pg_ctl" -D "$TUJUAN" -w -t 86400 -l "$TUJUAN.log" \\',
      `  -o "${config} -c archive_mode=off -c listen_addresses= -c unix_socket_directories='$TUJUAN'" start`,
      `tanya() { sebagai "$BIN/psql" -X -A -t ${signIn} -c "$1"; }`,
      'until [ "$(tanya "SELECT pg_is_in_recovery()")" = f ]; do sleep 1; done',
      'tanya "SELECT datname, pg_size_pretty(pg_database_size(oid)) FROM pg_database"',
      'sebagai "$BIN/pg_ctl" -D "$TUJUAN" -w -m fast stop',
      'RIWAYAT="$(ls "$TUJUAN/pg_wal" | grep "history$" | tail -n 1)"',
      'sebagai touch "$TUJUAN/pg_wal/archive_status/$RIWAYAT.ready"',
    ],
    notes: [
      "Jalankan sebagai root; folder tujuan harus kosong. Aliran hanya menunjuk; datanya ada di repositori pgBackRest menurut pgbackrest.conf di atas, yang memuat kunci sandinya. Bila repositori sudah pindah, ubah repo1-path di dalamnya.",
      ...(outside === null
        ? []
        : [
            `Pengaturan server (${outside}) tidak ikut dicadangkan; pasang dahulu paket PostgreSQL yang membuatnya, atau salin dari server lama.`,
          ]),
      "Server sudah dicoba tanpa jaringan dan dihentikan lagi. Sesudah daftar basis datanya benar, jalankan layanan PostgreSQL dengan folder itu, lalu hapus berkas .pgbackrest.conf dan .log di sampingnya.",
    ],
  };
}

export function mariadbServerPart(target: TargetOf<"mariadb-server">, stream: string): TargetPart {
  const owner = quoteShell(target.pemilik);
  return {
    programs: ["mariadb-backup", "mariadb-server (versi yang sama)"],
    before: [`TUJUAN=${quoteShell(target.direktori)}`],
    load: [
      'mkdir -m 700 -- "$TUJUAN"',
      `mbstream -x -C "$TUJUAN" < ${stream}`,
      'ls "$TUJUAN/xtrabackup_info" 2>/dev/null || ls "$TUJUAN/mariadb_backup_info"',
      'mariadb-backup --no-defaults --prepare --target-dir="$TUJUAN"',
      `chown -R ${owner}: "$TUJUAN"`,
      // What the files need to be read with stands in a file of the backup.
      `mariadbd --defaults-file="$TUJUAN/backup-my.cnf" --user=${owner} --datadir="$TUJUAN" \\`,
      '  --socket="$TUJUAN/pulih.sock" --pid-file="$TUJUAN/pulih.pid" \\',
      '  --lower-case-table-names="$(jq -r .recreate.lowerCaseTableNames manifes.json)" \\',
      '  --skip-networking --skip-grant-tables > "$TUJUAN.log" 2>&1 &',
      'ADMIN="mariadb-admin --no-defaults --socket=$TUJUAN/pulih.sock"',
      "until $ADMIN --silent ping; do kill -0 $! && sleep 1; done",
      'mariadb --no-defaults --socket="$TUJUAN/pulih.sock" --execute="SHOW DATABASES"',
      "$ADMIN shutdown && wait",
    ],
    notes: [
      "Jalankan sebagai root; folder tujuan harus belum ada. Hentikan server sebelum menaruh data di foldernya.",
      "Server sudah dicoba tanpa jaringan dan dihentikan lagi; pesannya ada di berkas .log di samping folder. Sesudah daftar basis datanya benar, jalankan layanan MariaDB dengan folder itu. Akun dan kata sandinya kembali seperti saat cadangan dibuat.",
    ],
  };
}

/** One by one: what stands before each line on paper is no part of it. */
async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(
    () => "# berkas pengaturan pgBackRest tidak terbaca dari agen",
  );
  return text.split("\n").filter((line) => line.trim() !== "");
}
