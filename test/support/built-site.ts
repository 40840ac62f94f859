import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** The site that was built before the tests. */
export const dist = resolve(root, process.env.PULIH_DIST || "dist");
export const client = join(dist, "client");

export function assertBuilt(): void {
  if (!existsSync(client)) throw new Error("the site is not built; run: npm run build");
}
