import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = resolvable(resolve(root, process.env.PULIH_DIST || "dist"));

/** Settings of the build; the server reads the same names. */
export const settings = {
  contentDir: resolve(root, process.env.PULIH_CONTENT || "content"),
  dist,
  cache: cacheOf(dist),
  /** Shared by all builds: a twin lies there under the hash of all that it is made from. */
  twinCache: resolve(root, process.env.PULIH_TWIN_CACHE || "node_modules/.cache/pulih-twins"),
  /** Stands in canonical links, feeds, the sitemap and on printed copies. */
  origin: new URL(process.env.PULIH_ORIGIN || "http://127.0.0.1:3000").origin,
  /** Every page says that it is a sample and no official service. */
  sample: process.env.PULIH_CONTOH === "1",
  /** Where the time that each step took is written; nothing where it is not set. */
  report: process.env.PULIH_BUILD_REPORT || null,
} as const;

/** One a place of output: two builds of different content must never share a store. */
export function cacheOf(dist: string): string {
  const place = createHash("sha256").update(dist).digest("hex").slice(0, 8);
  return join(root, "node_modules", ".cache", `pulih-${place}`);
}

/** Built pages look for their packages upwards from where they lie. */
function resolvable(folder: string): string {
  try {
    createRequire(join(folder, "pages.mjs")).resolve("astro/package.json");
    return folder;
  } catch (cause) {
    const pesan = `Folder halaman jadi ${folder} berada di luar folder Pulih. Pilih PULIH_DIST di dalamnya.`;
    throw new Error(pesan, { cause });
  }
}
