import { type AppError, isAppError } from "#domain/errors.ts";
import { SERVER_CAUSES, versionCause } from "./server-causes.ts";

/** One thing looked at: what was found, and how to mend it where it is not right. */
export interface Finding {
  readonly about: string;
  readonly ok: boolean;
  readonly what: string;
  readonly mend: string | null;
}

export const good = (about: string, what: string): Finding => ({
  about,
  ok: true,
  what,
  mend: null,
});

export const bad = (about: string, what: string, mend: string): Finding => ({
  about,
  ok: false,
  what,
  mend,
});

/** The table's sentence says what happened, then what to do; the detail says which one it was. */
export function failed(about: string, error: unknown): Finding {
  if (!isAppError(error)) return bad(about, "pemeriksaan gagal", "baca catatan agen");
  const [what = "", ...rest] = error.row.pesan.split(". ");
  const cause = causeOf(error);
  const said = `${what.replace(/\.$/, "")} (${error.code}${cause ? `: ${cause.what}` : ""})`;
  return bad(about, said, cause?.mend ?? (rest.join(". ") || "baca panduan operator"));
}

export interface Cause {
  readonly what: string;
  readonly mend?: string;
}

/** By the message of the error: what the table's sentence alone cannot say. */
const CAUSES: Readonly<Record<string, Cause>> = {
  "the tree spans file systems": {
    what: "ada sistem berkas lain yang terpasang di dalam direktori",
    mend: "daftarkan direktori itu sebagai sasaran sendiri, atau pindahkan titik pasangnya ke luar",
  },
  "a mount point cannot be swapped by renaming": {
    what: "direktori sasaran adalah titik pasang",
    mend: "jadikan folder di dalamnya sebagai sasaran; titik pasang tidak dapat ditukar dengan nama",
  },
  "a restore needs a superuser": {
    what: "pengguna agen bukan superuser, sehingga tidak dapat memulihkan",
    mend: "beri hak: ALTER ROLE <pengguna> SUPERUSER, atau hapus restore dari izin sasaran ini",
  },
  "target is not a directory itself": {
    what: "jalur sasaran bukan direktori",
    mend: "tulis jalur direktorinya sendiri, bukan tautan ke sana",
  },
};

function causeOf(error: AppError): Cause | null {
  const message = error.message.slice(error.code.length + 2);
  const known = CAUSES[message] ?? SERVER_CAUSES[message] ?? versionCause(error);
  if (known) return known;
  const { program, server, tool, missing, what, found, needed } = error.detail;
  if (typeof program === "string") {
    return { what: `program ${program}`, mend: `pasang program ${program} di server itu` };
  }
  if (error.code === "VAULT_TOOL_MISSING" && found !== undefined) {
    const mend = `pasang restic ${String(needed)} atau yang lebih baru di server agen`;
    return { what: `restic ${String(found)}, dibutuhkan ${String(needed)}`, mend };
  }
  if (Array.isArray(missing) && missing.length > 0) {
    const names = missing.map(String).join(", ");
    return { what: `hak kurang: ${names}`, mend: `beri akun agen hak: ${names}` };
  }
  if (error.code === "ENGINE_VERSION" && (server ?? tool) !== undefined) {
    const mend = "pasang alat yang versinya sama dengan server atau lebih baru";
    return { what: `server ${String(server)}, alat ${String(tool)}`, mend };
  }
  if (typeof what === "string") return { what: `yang kurang di server: ${what}` };
  return error.code === "ENGINE_UNSUPPORTED" ? { what: message } : null;
}
