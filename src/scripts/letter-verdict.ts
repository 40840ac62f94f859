/** What is said of a chosen file, from digests alone. No browser, no network. */
export interface FileVerdict {
  readonly tone: "positive" | "negative" | "plain";
  readonly title: string;
  readonly text: string;
}

export function verdictOnLetter(
  recorded: { readonly digest: string; readonly sample: boolean },
  sha256: string,
): FileVerdict {
  if (sha256 !== recorded.digest) {
    return {
      tone: "negative",
      title: "Tidak cocok:",
      text: "berkas ini bukan surat yang tercatat, atau isinya sudah berubah. Jangan dipakai; mintalah berkas aslinya kepada pengirim.",
    };
  }
  // Nothing green beside a letter that is none.
  return recorded.sample
    ? {
        tone: "plain",
        title: "Cocok, tetapi CONTOH:",
        text: "berkas ini sama persis dengan yang tercatat. Surat ini bukan surat resmi.",
      }
    : {
        tone: "positive",
        title: "Cocok:",
        text: "berkas ini sama persis dengan surat yang tercatat.",
      };
}
