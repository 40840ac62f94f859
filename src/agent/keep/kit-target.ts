/** What the recovery kit says of a target: how its stream becomes data again, by its own tools alone. */
import { readFile } from "node:fs/promises";
import type { TargetConfig } from "../config.ts";
import { quoteShell } from "./kit-text.ts";

export interface TargetPart {
  readonly programs: readonly string[];
  /** Where the data go: a new place, never over what is there. */
  readonly before: readonly string[];
  readonly load: readonly string[];
  readonly notes: readonly string[];
}

/** `stream` is the file that was taken out of the vault. */
export async function targetPart(target: TargetConfig, stream: string): Promise<TargetPart> {
  switch (target.engine) {
    case "postgres":
      return {
        programs: ["postgresql-client (versi server sumber atau lebih baru)"],
        before: [
          `export PGHOST=${quoteShell(target.host)} PGPORT=${target.port} PGUSER=${quoteShell(target.pengguna)}`,
          `TUJUAN=${quoteShell(target.database)}`,
        ],
        load: [
          "jq -r '.recreate.roles | fromjson[]' manifes.json |",
          '  while IFS= read -r PERAN; do createuser --no-login -- "$PERAN" || true; done',
          'nilai() { jq -r ".recreate.$1" manifes.json; }',
          'createdb --template=template0 --owner="$(nilai owner)" --encoding="$(nilai encoding)" \\',
          '  --lc-collate="$(nilai collate)" --lc-ctype="$(nilai ctype)" -- "$TUJUAN"',
          `pg_restore --exit-on-error --dbname="$TUJUAN" ${stream}`,
          'psql --no-psqlrc --quiet --dbname="$TUJUAN" --command=ANALYZE',
        ],
        notes: [
          "Pesan bahwa peran sudah ada boleh diabaikan. createdb menolak bila basis datanya sudah ada: pilih nama lain, jangan menimpa.",
          "Hak atas basis data dan pengaturannya ada di manifes: jq .recreate manifes.json",
        ],
      };
    case "mariadb":
      return {
        programs: ["mariadb-client (versi server sumber atau lebih baru)"],
        before: [
          "OPSI=/root/.my.cnf   # berkas opsi server tujuan: host atau socket, user, password",
          `TUJUAN=${quoteShell(target.database)}`,
        ],
        load: [
          `tail -n 1 ${stream} | grep -x -- '-- Dump completed'`,
          'nilai() { jq -r ".recreate.$1" manifes.json; }',
          'mariadb --defaults-file="$OPSI" --execute="CREATE DATABASE \\`$TUJUAN\\` \\',
          '  CHARACTER SET $(nilai charset) COLLATE $(nilai collation)"',
          'mariadb --defaults-file="$OPSI" --default-character-set=utf8mb4 --max-allowed-packet=1G \\',
          `  --binary-mode --database="$TUJUAN" < ${stream}`,
          "nilai events > acara.sql",
          'mariadb --defaults-file="$OPSI" --default-character-set=utf8mb4 --database="$TUJUAN" < acara.sql',
        ],
        notes: [
          "Akun yang disebut sebagai definer harus ada di server tujuan: jq -r .recreate.definers manifes.json",
        ],
      };
    case "sqlite":
      return {
        programs: ["sqlite3"],
        before: [`TUJUAN=${quoteShell(target.berkas)}`],
        load: [
          `test ! -e "$TUJUAN" && cp ${stream} "$TUJUAN"`,
          `sqlite3 "$TUJUAN" 'PRAGMA integrity_check'`,
        ],
        notes: [
          "Bila berkas lama masih ada, pindahkan dahulu bersama berkas -wal dan -shm di sampingnya.",
          "Pemilik dan hak berkas ada di manifes: jq .recreate manifes.json",
        ],
      };
    case "directory":
      return {
        programs: ["GNU tar"],
        before: [`TUJUAN=${quoteShell(target.direktori)}`],
        load: [
          'mkdir -m 700 -- "$TUJUAN"',
          `tar --extract --file=${stream} --directory="$TUJUAN" --numeric-owner --acls --xattrs \\`,
          "  '--xattrs-include=*' --preserve-permissions --same-owner --delay-directory-restore",
        ],
        notes: ["Jalankan sebagai root supaya pemilik berkas kembali seperti semula."],
      };
    case "vm":
      return {
        programs: ["qemu-utils", "libvirt-clients"],
        before: ["TUJUAN=$PWD/disk   # folder untuk citra disk"],
        load: [
          'mkdir -p "$TUJUAN" && AWAL=1',
          `jq -r '.recreate.disks | fromjson[] | "\\(.name) \\(.bytes)"' manifes.json |`,
          "  while read -r NAMA BYTE; do",
          `    tail -c "+$AWAL" ${stream} | head -c "$BYTE" > "$TUJUAN/$NAMA.raw"`,
          '    qemu-img convert -f raw -O qcow2 "$TUJUAN/$NAMA.raw" "$TUJUAN/$NAMA.qcow2"',
          '    rm "$TUJUAN/$NAMA.raw" && AWAL=$((AWAL + BYTE))',
          "  done",
          `tail -c 60 ${stream} | tail -n 1 | grep '^pulih-vm-1 '`,
          "jq -r .recreate.definition manifes.json > domain.xml",
        ],
        notes: [
          "Sunting domain.xml: jalur setiap disk menunjuk citra baru di folder tujuan, format qcow2. Lalu: virsh define domain.xml",
        ],
      };
    case "postgres-cluster":
      return {
        programs: ["pgbackrest", "postgresql (versi utama yang sama)"],
        before: [
          `printf '%s' ${quoteShell(await textOf(target.berkasPgbackrest))} > pgbackrest.conf`,
          `TUJUAN=${quoteShell(target.direktori)}`,
        ],
        load: [
          `pgbackrest --config="$PWD/pgbackrest.conf" --stanza=${target.stanza} --pg1-path="$TUJUAN" \\`,
          '  --set="$(jq -r .external.object manifes.json)" --type=name --target-timeline=current \\',
          `  --target="$(jq -r .restorePoint ${stream})" --target-action=promote restore`,
        ],
        notes: [
          "Aliran hanya menunjuk; datanya ada di repositori pgBackRest menurut pgbackrest.conf di atas, yang memuat kunci sandinya.",
          `Jalankan sebagai pengguna sistem ${target.pemilik}; folder tujuan harus kosong.`,
        ],
      };
    case "mariadb-server":
      return {
        programs: ["mariadb-backup", "mariadb-server (versi yang sama)"],
        before: [`TUJUAN=${quoteShell(target.direktori)}`],
        load: [
          'mkdir -m 700 -- "$TUJUAN"',
          `mbstream -x -C "$TUJUAN" < ${stream}`,
          'ls "$TUJUAN/xtrabackup_info" || ls "$TUJUAN/mariadb_backup_info"',
          'mariadb-backup --no-defaults --prepare --target-dir="$TUJUAN"',
          `chown -R ${target.pemilik}: "$TUJUAN"`,
        ],
        notes: [
          "Folder tujuan harus belum ada; hentikan server sebelum menaruh data di foldernya.",
        ],
      };
  }
}

async function textOf(file: string): Promise<string> {
  return readFile(file, "utf8").catch(
    () => "# berkas pengaturan pgBackRest tidak terbaca dari agen",
  );
}
