import { execFile } from "node:child_process";
import { cp, mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import { type StaticSite, serveStatic } from "./static-site.ts";
import { variedSops } from "./varied-sops.ts";

const root = join(import.meta.dirname, "..", "..");
/** One place for all runs: the build keeps a store for each place it builds to. */
const place = join(root, "node_modules", ".cache", "pulih-varied-site");
const life: LifeCycle = {
  status: "berlaku",
  digantiOleh: null,
  digantiSejak: null,
  pencabutan: null,
  versi: [{ versi: 1, diterbitkan: "2026-01-02", berlakuSejak: null, catatan: null }],
  pemantauan: [],
  evaluasi: [],
};

/** The real content and one SOP of each variation, built and served as files. */
export async function openVariedSite(): Promise<StaticSite> {
  const [content, dist] = [join(place, "content"), join(place, "dist")];
  await rm(place, { recursive: true, force: true });
  await cp(join(root, "content"), content, { recursive: true });
  for (const make of Object.values(variedSops)) {
    const sop = make();
    const folder = join(content, "sop", sop.slug);
    await mkdir(folder);
    await writeFile(join(folder, "sop.md"), `---\n${stringify(sop)}---\n`);
    await writeFile(join(folder, "riwayat.md"), `---\n${stringify(life)}---\n`);
  }
  const env = { ...process.env, PULIH_CONTENT: content, PULIH_DIST: dist, NODE_ENV: "production" };
  const astro = await realpath(join(root, "node_modules", ".bin", "astro"));
  await promisify(execFile)(process.execPath, [astro, "build"], { cwd: root, env });
  const site = await serveStatic(join(dist, "client"));
  return {
    origin: site.origin,
    async close() {
      await site.close();
      await rm(place, { recursive: true, force: true });
    },
  };
}
