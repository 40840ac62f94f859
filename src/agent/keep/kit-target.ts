/** What the recovery kit says of a target: how its stream becomes data again, by its own tools alone. */
import type { TargetConfig } from "../config.ts";
import { clusterPart, mariadbServerPart } from "./kit-server.ts";
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
          'mkdir -p "$TUJUAN" && AWAL=0',
          `potong() { dd if=${stream} of="$1" bs=1M iflag=skip_bytes,count_bytes skip="$AWAL" \\`,
          '  count="$2" status=none && AWAL=$((AWAL + $2)); }',
          `jq -r '.recreate.disks | fromjson[] | "\\(.name) \\(.bytes)"' manifes.json > daftar.txt`,
          "while read -r NAMA BYTE; do",
          '  potong "$TUJUAN/$NAMA.raw" "$BYTE"',
          '  qemu-img convert -f raw -O qcow2 "$TUJUAN/$NAMA.raw" "$TUJUAN/$NAMA.qcow2"',
          '  rm "$TUJUAN/$NAMA.raw"',
          "done < daftar.txt",
          "BYTE=$(jq -r '.recreate.nvram // 0' manifes.json)",
          'test "$BYTE" -eq 0 || potong "$TUJUAN/nvram.fd" "$BYTE"',
          `test "$(tail -c "+$((AWAL + 1))" ${stream})" = "pulih-vm-1 $AWAL" && echo lengkap`,
          "jq -r .recreate.definition manifes.json > domain.xml",
        ],
        notes: [
          "Sunting domain.xml: jalur setiap disk menunjuk citra baru di folder tujuan, format qcow2; bila ada nvram, jalurnya menunjuk nvram.fd. Lalu: virsh define domain.xml",
          "Folder tujuan harus dapat dimasuki pengguna sistem yang menjalankan QEMU (libvirt-qemu).",
          "Bila mesin memakai TPM, isinya tidak ada di cadangan: siapkan kunci pemulihan enkripsi disknya.",
        ],
      };
    case "postgres-cluster":
      return await clusterPart(target, stream);
    case "mariadb-server":
      return mariadbServerPart(target, stream);
  }
}
