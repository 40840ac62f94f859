import { execFile } from "node:child_process";
import { mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeLifeContent } from "./life-content.ts";
import { startTestServer } from "./server.ts";

const root = join(import.meta.dirname, "..", "..");
/** One place for all runs: the build keeps a store for each place it builds to. */
const place = join(root, "node_modules", ".cache", "pulih-life-site");
/** The address under which the site is built; it stands in feeds and canonical links. */
export const LIFE_ORIGIN = "https://sop.contoh.go.id";

export interface LifeSite extends AsyncDisposable {
  /** Where the server listens. */
  readonly base: string;
  /** Folder of the built files. */
  readonly client: string;
}

/** The portal with SOPs in every state of their life, built and served for real. */
export async function openLifeSite(): Promise<LifeSite> {
  const [content, dist] = [join(place, "content"), join(place, "dist")];
  await rm(place, { recursive: true, force: true });
  await mkdir(content, { recursive: true });
  await writeLifeContent(content);
  const env = { PULIH_CONTENT: content, PULIH_DIST: dist };
  const astro = await realpath(join(root, "node_modules", ".bin", "astro"));
  await promisify(execFile)(process.execPath, [astro, "build"], {
    cwd: root,
    env: { ...process.env, ...env, PULIH_ORIGIN: LIFE_ORIGIN, NODE_ENV: "production" },
  });
  const server = await startTestServer({ env });
  return {
    base: server.base,
    client: join(dist, "client"),
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}
