import { execFile } from "node:child_process";
import { cp, mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..", "..");

export interface BuiltSite extends AsyncDisposable {
  /** Settings under which it was built and must be served. */
  readonly env: { readonly PULIH_CONTENT: string; readonly PULIH_DIST: string };
  /** Folder of the built files. */
  readonly client: string;
}

/**
 * A whole site of other content or settings, built for real. It lies inside the tree, for built pages
 * find their packages from where they lie; and in one place for all runs of a name, for the build
 * keeps a store for each place it builds to.
 */
export async function buildSite(
  name: string,
  options: {
    /** Writes into a copy of the real content; or into an empty folder where `empty`. */
    readonly write?: (content: string) => Promise<void>;
    readonly empty?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<BuiltSite> {
  const place = join(root, "node_modules", ".cache", `pulih-${name}-site`);
  const [content, dist] = [join(place, "content"), join(place, "dist")];
  await rm(place, { recursive: true, force: true });
  await mkdir(content, { recursive: true });
  if (!options.empty) await cp(join(root, "content"), content, { recursive: true });
  await options.write?.(content);
  const env = { PULIH_CONTENT: content, PULIH_DIST: dist };
  const astro = await realpath(join(root, "node_modules", ".bin", "astro"));
  await promisify(execFile)(process.execPath, [astro, "build"], {
    cwd: root,
    env: { ...process.env, ...env, NODE_ENV: "production", ...options.env },
  });
  return {
    env,
    client: join(dist, "client"),
    [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }),
  };
}
