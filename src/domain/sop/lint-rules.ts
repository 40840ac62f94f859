/**
 * Every rule an SOP is judged by: its level, and why it is there. Ids are public: they stand in
 * reports and in the guide, and are never renamed.
 *
 * Only what the regulation's own text is known to say is called its rule; habits of the field are
 * called habits ("lazim").
 */
interface Rule {
  readonly tingkat: "galat" | "peringatan";
  readonly sebab: string;
}

const REFERENCE = "Acuan yang tidak ada membuat langkah ini tidak dapat dijalankan.";
const DUPLICATE = "Id menunjuk tepat satu bagian; dua yang sama tidak dapat dibedakan.";
const MUTU_BAKU =
  "Mutu baku (kelengkapan, waktu, output) ialah kendali mutu setiap langkah menurut PermenPANRB 35/2012.";
const COLUMN_ORDER =
  "Kolom pelaksana lazim diurutkan menurut urutan kegiatan, bukan pangkat, agar arus mulai dari kiri.";
const CITATION = "Pembaca mencari peraturan dari nomor, tahun, dan judulnya.";
const AGENT_WORK =
  "Agen hanya mengerjakan yang sudah dipilih dan ditetapkan oleh tindakan sebelumnya.";

export const RULES = {
  "kolom-ganda": galat(DUPLICATE),
  "peran-ganda": galat(DUPLICATE),
  "tindakan-ganda": galat(DUPLICATE),
  "bagian-ganda": galat(DUPLICATE),
  "bagian-bentrok": galat("Id bagian menjadi alamat di halaman SOP; alamat ini sudah dipakai."),
  "kolom-tak-dikenal": galat(REFERENCE),
  "kolom-terulang": galat("Satu langkah punya paling banyak satu simbol di setiap kolom."),
  "peran-tak-dikenal": galat(REFERENCE),
  "tindakan-tak-dikenal": galat(REFERENCE),
  "lampiran-tak-dikenal": galat("Yang dapat dilampirkan hanya dokumen dari tindakan sebelumnya."),
  "disposisi-tanpa-tujuan": galat("Tanpa tujuan tidak ada yang menerima disposisi."),
  "pemohon-tunggal": galat("Permohonan harus dapat diajukan, oleh tepat satu pihak."),
  "pemohon-berjabatan": galat("Pemohon bukan pejabat instansi; haknya dari kode lacak."),
  "peran-tanpa-jabatan": galat("Wewenang datang dari jabatan yang dipegang seseorang."),
  "pemisahan-mustahil": galat(
    "Pemisahan tugas yang tidak dapat dipenuhi menghentikan setiap permohonan di langkah ini.",
  ),
  "nomor-langkah-urut": galat("Cabang menunjuk langkah dengan nomornya."),
  "cabang-tanpa-keputusan": galat(
    "Menurut PermenPANRB 35/2012 arus hanya bercabang pada belah ketupat.",
  ),
  "keputusan-dua-cabang": galat("Keputusan tanpa dua jalan keluar tidak memutuskan apa pun."),
  "cabang-tak-dikenal": galat(REFERENCE),
  "langkah-tak-tercapai": galat("Langkah tanpa jalan masuk tidak pernah dikerjakan."),
  "langkah-tanpa-akhir": galat("Setiap permohonan harus dapat selesai."),
  "langkah-tanpa-tindakan": galat("Layanan hanya berjalan bila setiap langkah ada pelakunya."),
  "pemicu-dengan-permohonan": galat("Prosedur dimulai oleh permohonan, atau oleh pemicu."),
  "permohonan-pembuka": galat("Prosedur layanan dimulai oleh permohonan pemohon."),
  "permohonan-terulang": galat("Satu permohonan berjalan satu kali dari awal."),
  "pengecekan-tanpa-sasaran": galat(AGENT_WORK),
  "pekerjaan-belum-ditetapkan": galat(AGENT_WORK),
  "pembekuan-tanpa-sasaran": galat(AGENT_WORK),
  "pembekuan-tanpa-pekerjaan": galat("Yang ditetapkan harus ada yang mengerjakan."),

  "perulangan-tanpa-batas": peringatan(
    "Tanpa batas, satu permohonan dapat berputar terus dan waktunya tidak dapat dijanjikan.",
  ),
  "kolom-tak-dipakai": peringatan("Kolom tanpa simbol menandakan pelaksana tanpa kegiatan."),
  "peran-tak-dipakai": peringatan("Peran tanpa tindakan tidak pernah mendapat giliran."),
  "uraian-menyebut-pelaksana": peringatan(
    "PermenPANRB 35/2012 memisahkan pelaksana dari kegiatan: pelaksana sudah ada pada kolomnya.",
  ),
  "uraian-tanpa-kata-kerja": peringatan(
    "PermenPANRB 35/2012 meminta kegiatan ditulis aktif: kata kerja di depan, tanpa subjek.",
  ),
  "tanpa-mutu-baku": peringatan(MUTU_BAKU),
  "kelengkapan-kosong": peringatan(MUTU_BAKU),
  "waktu-kosong": peringatan(MUTU_BAKU),
  "waktu-bukan-angka": peringatan(
    "Waktu baku tanpa angka tidak dapat dihitung, jadi tidak ada tenggat dan tidak ada capaian.",
  ),
  "output-kosong": peringatan(MUTU_BAKU),
  "awal-bukan-kiri": peringatan(COLUMN_ORDER),
  "urutan-kolom": peringatan(COLUMN_ORDER),
  "awal-akhir-bukan-kapsul": peringatan(
    "Menurut PermenPANRB 35/2012 kapsul menandai kegiatan mulai dan berakhir.",
  ),
  "konektor-tak-berpasangan": peringatan(
    "Menurut PermenPANRB 35/2012 segilima menghubungkan simbol yang berbeda halaman; hurufnya ada di kedua halaman.",
  ),
  "nomor-butir": peringatan("Nomor yang lompat atau ganda menyulitkan orang merujuk butirnya."),
  "keterkaitan-tanpa-rujukan": peringatan(
    "Tanpa rujukan pembaca tidak dapat membuka SOP yang terkait.",
  ),
  "peraturan-dicabut": peringatan("Peraturan yang dicabut tidak lagi menjadi dasar hukum."),
  "peraturan-diubah": peringatan("Pasal yang dirujuk mungkin sudah berbunyi lain."),
  "peraturan-belum-diperiksa": peringatan(
    "Halaman menulis statusnya belum diverifikasi sampai seseorang mencocokkannya dengan naskah.",
  ),
  "nomor-peraturan": peringatan(CITATION),
  "judul-peraturan": peringatan(CITATION),
  "pemantauan-lewat": peringatan("PermenPANRB 35/2012: pemantauan secara berkala setiap 6 bulan."),
  "evaluasi-lewat": peringatan("Evaluasi SOP lazim sedikitnya sekali setahun."),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

function galat(sebab: string): Rule {
  return { tingkat: "galat", sebab };
}

function peringatan(sebab: string): Rule {
  return { tingkat: "peringatan", sebab };
}
