import { readCms } from "./read-cms.ts";
import type { FoundSignature } from "./signer.ts";

export const PDF_BYTES_MAX = 10 * 1024 * 1024;
/** More than any letter carries; what a hostile file plants beyond them is left unread. */
const SIGNATURES_MAX = 20;
const MARKS_MAX = 200;
/** Bytes of the gap that holds one signature in hexadecimal; real ones take 10,000 to 60,000. */
const GAP_MAX = 256 * 1024;
/** How far from its byte range the rest of a signature dictionary may lie. */
const AROUND = GAP_MAX + 8 * 1024;
const CHECKED: ReadonlySet<string> = new Set(["ETSI.CAdES.detached", "adbe.pkcs7.detached"]);

/**
 * Every signature in a PDF, in the order of what they cover. Needs no network and judges no issuer: it
 * tells whether the bytes are still those that were signed, and who the certificate says signed them.
 * What is no PDF, is too large or is malformed has no signatures; no input makes it throw.
 */
export async function readSignatures(pdf: Uint8Array): Promise<readonly FoundSignature[]> {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  if (bytes.length > PDF_BYTES_MAX || !bytes.subarray(0, 1024).includes("%PDF-")) return [];
  const found: { readonly end: number; readonly signature: FoundSignature }[] = [];
  const seen = new Set<number>();
  let at = bytes.indexOf("/ByteRange");
  for (let marks = 0; at !== -1 && marks < MARKS_MAX && seen.size < SIGNATURES_MAX; marks += 1) {
    const range = byteRange(bytes, at);
    if (range && !seen.has(range.gapStart)) {
      seen.add(range.gapStart);
      const signature = await readOne(bytes, at, range).catch(() => null);
      if (signature) found.push({ end: range.end, signature });
    }
    at = bytes.indexOf("/ByteRange", at + 1);
  }
  return found.sort((a, b) => a.end - b.end).map(({ signature }) => signature);
}

interface Range {
  /** Of the `<…>` that is left out. */
  readonly gapStart: number;
  readonly gapEnd: number;
  /** Where the signed bytes end. */
  readonly end: number;
}

/** The range at this place, if it is the whole file up to `end` but for one string in hexadecimal. */
function byteRange(bytes: Buffer, at: number): Range | null {
  const text = bytes.toString("latin1", at + "/ByteRange".length, at + 120);
  const open = text.indexOf("[");
  const close = text.indexOf("]", open);
  if (open === -1 || close === -1 || text.slice(0, open).trim() !== "") return null;
  const numbers = text
    .slice(open + 1, close)
    .split(/[\s\0]/)
    .filter((one) => one !== "");
  if (numbers.length !== 4 || numbers.some((one) => !/^\d{1,10}$/.test(one))) return null;
  const [start = 0, gapStart = 0, gapEnd = 0, rest = 0] = numbers.map(Number);
  const end = gapEnd + rest;
  const gap = gapEnd - gapStart;
  // Anything but the signature in the gap could be changed unseen.
  if (start !== 0 || gap < 4 || gap > GAP_MAX || end > bytes.length || at > end) return null;
  if (bytes[gapStart] !== 0x3c || bytes[gapEnd - 1] !== 0x3e) return null;
  return { gapStart, gapEnd, end };
}

async function readOne(bytes: Buffer, at: number, range: Range): Promise<FoundSignature | null> {
  const hex = bytes.toString("latin1", range.gapStart + 1, range.gapEnd - 1);
  if (hex.length % 2 !== 0 || !/^[0-9A-Fa-f]+$/.test(hex)) return null;
  const dictionary = dictionaryAround(bytes, at, range);
  const subFilter = nameAfter(dictionary, "/SubFilter");
  if (subFilter === null || subFilter === "ETSI.RFC3161") return null;
  const signed = Buffer.concat([
    bytes.subarray(0, range.gapStart),
    bytes.subarray(range.gapEnd, range.end),
  ]);
  const cms = await readCms(Buffer.from(hex, "hex"), signed);
  if (!cms) return null;
  return {
    signer: cms.signer,
    issuer: cms.issuer,
    signedAt: cms.signedAt ?? pdfDate(dictionary),
    subFilter,
    intact: CHECKED.has(subFilter) && cms.fits,
    whole: range.end === bytes.length,
  };
}

/** The text of the object that holds the byte range, without the signature itself. */
function dictionaryAround(bytes: Buffer, at: number, { gapStart, gapEnd }: Range): string {
  const from = Math.max(0, Math.min(at, gapStart) - AROUND);
  const before = bytes.subarray(from, Math.min(at, gapStart)).lastIndexOf(" obj");
  const start = before === -1 ? from : from + before;
  const last = Math.max(at, gapEnd);
  const after = bytes.subarray(last, last + AROUND).indexOf("endobj");
  const end = after === -1 ? last + AROUND : last + after;
  const parts = [bytes.subarray(start, gapStart), bytes.subarray(gapEnd, Math.max(gapEnd, end))];
  return Buffer.concat(parts).toString("latin1");
}

function nameAfter(dictionary: string, key: string): string | null {
  const at = dictionary.indexOf(key);
  if (at === -1) return null;
  return /^\s{0,8}\/([A-Za-z0-9.]{1,60})/.exec(dictionary.slice(at + key.length))?.[1] ?? null;
}

/** `/M (D:20261122080000+08'00')` as ISO 8601 in UTC. */
function pdfDate(dictionary: string): string | null {
  const found =
    /\/M\s{0,8}\(D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-])(\d\d)'?(\d\d)?)?/.exec(
      dictionary,
    );
  if (!found) return null;
  const [, year, month, day, hour, minute, second, sign, hours = "00", minutes = "00"] = found;
  const zone = sign === undefined ? "Z" : `${sign}${hours}:${minutes}`;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
