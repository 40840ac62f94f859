/** Fields of the admin's and the mandate forms. */
import { type Field, type FieldOption, field } from "#domain/workflow/form.ts";

export const EMAIL_FIELD = field({ name: "surel", label: "Alamat surel dinas", type: "email" });
export const NAME_FIELD = field({
  name: "nama",
  label: "Nama lengkap",
  type: "text",
  hint: "Dengan gelar, seperti tercetak pada surat.",
});

const SINCE = field({ name: "sejak", label: "Berlaku sejak", type: "date" });
const UNTIL = field({
  name: "sampai",
  label: "Sampai",
  type: "date",
  required: false,
  hint: "Termasuk hari itu. Kosongkan bila belum berbatas.",
});
const DECREE = field({
  name: "dasar",
  label: "Surat keputusan atau surat perintah",
  type: "text",
  hint: "Nomor dan tanggalnya, seperti pada naskah.",
});
const CAPACITY_OPTIONS: readonly FieldOption[] = [
  { value: "definitif", label: "Definitif" },
  { value: "plt", label: "Pelaksana tugas (Plt.)" },
  { value: "plh", label: "Pelaksana harian (Plh.)" },
];
const CAPACITY = field({
  name: "kapasitas",
  label: "Kapasitas",
  type: "select",
  options: CAPACITY_OPTIONS,
});

export const HOLDING_FIELDS: readonly Field[] = [CAPACITY, SINCE, UNTIL, DECREE];

export const LAST_DAY_FIELD = field({
  name: "sampai",
  label: "Hari terakhir",
  type: "date",
  hint: "Masih berwenang pada hari itu. Untuk mengakhiri mulai hari ini, pilih tanggal kemarin.",
});

export const REASON_OF_CORRECTION = field({
  name: "alasan",
  label: "Apa yang keliru",
  type: "text",
});

export const FINGERPRINT_FIELD = field({
  name: "sidik",
  label: "Sidik kunci di layar agen",
  type: "text",
  hint: "Tampil di server agen setelah pulih-agent enroll. Salin dari sana.",
});

export const SIGNER_FIELDS: readonly Field[] = [
  field({ name: "nip", label: "NIP", type: "text", required: false, hint: "18 angka." }),
  field({
    name: "pangkat",
    label: "Pangkat/golongan",
    type: "text",
    required: false,
    hint: "Seperti tercetak pada surat.",
  }),
  field({
    name: "nik",
    label: "NIK",
    type: "text",
    required: false,
    hint: "16 angka, hanya untuk tanda tangan elektronik. Disimpan tersandi dan tidak ditampilkan lagi; kosongkan bila tidak berubah.",
  }),
];

export function personField(people: readonly { id: string; name: string; email: string }[]): Field {
  return field({
    name: "orang",
    label: "Orang",
    type: "select",
    options: people.map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` })),
    hint: "Belum ada dalam daftar? Tambahkan dulu pada halaman Orang.",
  });
}

export function mandateFields(
  lendable: readonly { agency: string; jabatan: string; title: string }[],
  receivers: readonly { person: string; name: string; titles: readonly string[] }[],
): Field[] {
  return [
    field({
      name: "jabatan",
      label: "Jabatan yang dimandatkan",
      type: "select",
      options: lendable.map(({ agency, jabatan, title }) => ({
        value: `${agency}/${jabatan}`,
        label: title,
      })),
    }),
    field({
      name: "penerima",
      label: "Penerima mandat",
      type: "select",
      options: receivers.map(({ person, name, titles }) => ({
        value: person,
        label: `${name}, ${titles.join("; ")}`,
      })),
    }),
    field({ name: "sejak", label: "Berlaku sejak", type: "date" }),
    field({
      name: "sampai",
      label: "Sampai",
      type: "date",
      hint: "Termasuk hari itu; paling lama 90 hari.",
    }),
    field({
      name: "dasar",
      label: "Dasar mandat",
      type: "text",
      hint: "Surat tugas, atau sebabnya, misalnya dinas luar.",
    }),
  ];
}
