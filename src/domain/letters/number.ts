/**
 * Numbers of letters. Each region has its own format, so a format is a text with tokens:
 * `{derajat}` derajat keamanan, `{urut}` or `{urut:3}` the count within the year (padded),
 * `{klasifikasi}`, `{unit}`, `{bulan}` two digits, `{bulan-romawi}`, `{tahun}`.
 */
const TOKEN = /\{([^{}]*)\}/g;
const ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
const NAMES = ["derajat", "urut", "klasifikasi", "unit", "bulan", "bulan-romawi", "tahun"];

export interface NumberParts {
  readonly sequence: number;
  /** Local date of the agency, `YYYY-MM-DD`. */
  readonly date: string;
  readonly derajat: string;
  readonly klasifikasi: string;
  readonly unit: string;
}

/** "B-007/Diskominfo/000.6/11/2026". */
export function letterNumber(format: string, parts: NumberParts): string {
  const [year = "", month = ""] = parts.date.split("-");
  return format.replace(TOKEN, (whole, token: string) => {
    const [name, width = "1"] = token.split(":");
    switch (name) {
      case "derajat":
        return parts.derajat;
      case "urut":
        return String(parts.sequence).padStart(Number(width), "0");
      case "klasifikasi":
        return parts.klasifikasi;
      case "unit":
        return parts.unit;
      case "bulan":
        return month;
      case "bulan-romawi":
        return ROMAN[Number(month) - 1] ?? month;
      case "tahun":
        return year;
      default:
        return whole;
    }
  });
}

/** What is wrong with a format, in a sentence for whoever writes it; null where nothing is. */
export function problemOfFormat(format: string): string | null {
  const tokens = [...format.matchAll(TOKEN)].map(([, token = ""]) => token);
  const unknown = tokens.find((token) => !isToken(token));
  if (unknown !== undefined) {
    return `tanda {${unknown}} tidak dikenal; pakai ${NAMES.map((name) => `{${name}}`).join(", ")}`;
  }
  if (/[{}]/.test(format.replace(TOKEN, ""))) return "kurung kurawal tidak berpasangan";
  if (!tokens.some((token) => token.startsWith("urut"))) return "tulis {urut} dalam format nomor";
  // The count begins anew each year: without the year a number would come twice.
  if (!tokens.includes("tahun")) return "tulis {tahun} dalam format nomor";
  return null;
}

function isToken(token: string): boolean {
  return NAMES.includes(token) || /^urut:[1-6]$/.test(token);
}

/** Whether a format needs the part that a token stands for. */
export function formatNames(format: string, name: "derajat" | "klasifikasi" | "unit"): boolean {
  return format.includes(`{${name}}`);
}
