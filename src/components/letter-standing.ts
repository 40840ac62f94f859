import type { VerifiedDocument } from "../../functions/services/services.ts";

/** What a letter is worth, from who signed it. A sample is never made to look like a real one. */
export function letterStanding({
  sample,
  signedWith,
}: Pick<VerifiedDocument, "sample" | "signedWith">): {
  readonly tone: "positive" | "negative" | "plain";
  readonly title: string;
  readonly text: string;
} {
  if (sample) {
    return {
      tone: "plain",
      title: "CONTOH:",
      text:
        signedWith === "local-test"
          ? "surat ini dibuat untuk peragaan. Tanda tangannya memakai sertifikat contoh dan tidak berkekuatan hukum."
          : "surat ini dibuat untuk peragaan dan bukan surat resmi.",
    };
  }
  if (signedWith === "bsre-v1") {
    return {
      tone: "positive",
      title: "Ditandatangani secara elektronik:",
      text: "surat ini ditandatangani dengan sertifikat elektronik yang diterbitkan oleh BSrE, Badan Siber dan Sandi Negara.",
    };
  }
  return {
    tone: "plain",
    title: "Tanpa tanda tangan elektronik:",
    text: "surat ini dibuat oleh layanan dan tercatat, tetapi tidak ditandatangani secara elektronik.",
  };
}
