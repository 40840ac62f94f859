import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = resolve(root, process.env.PULIH_DIST || "dist");
const place = createHash("sha256").update(dist).digest("hex").slice(0, 8);

/** Settings of the build; the server reads the same names. */
export const settings = {
  contentDir: resolve(root, process.env.PULIH_CONTENT || "content"),
  dist,
  /** One a place of output: two builds of different content must never share a store. */
  cache: join(root, "node_modules", ".cache", `pulih-${place}`),
  /** Stands in canonical links, feeds, the sitemap and on printed copies. */
  origin: new URL(process.env.PULIH_ORIGIN || "http://127.0.0.1:3000").origin,
} as const;
