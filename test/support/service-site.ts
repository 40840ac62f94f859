import { execFile } from "node:child_process";
import { cp, mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..", "..");
/** One place for all runs: the build keeps a store for each place it builds to. */
const place = join(root, "node_modules", ".cache", "pulih-service-site");

export interface ServiceSite extends AsyncDisposable {
  /** Folder of the built files. */
  readonly client: string;
}

/** The real content with other files in it (path → text), built for real. */
export async function buildServiceSite(
  files: Readonly<Record<string, string>>,
): Promise<ServiceSite> {
  const [content, dist] = [join(place, "content"), join(place, "dist")];
  await rm(place, { recursive: true, force: true });
  await mkdir(content, { recursive: true });
  await cp(join(root, "content"), content, { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(content, path), text);
  const astro = await realpath(join(root, "node_modules", ".bin", "astro"));
  const env = { PULIH_CONTENT: content, PULIH_DIST: dist, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, [astro, "build"], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  return {
    client: join(dist, "client"),
    [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }),
  };
}
