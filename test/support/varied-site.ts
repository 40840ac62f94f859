import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import { buildSite } from "./build-site.ts";
import { type StaticSite, serveStatic } from "./static-site.ts";
import { variedSops } from "./varied-sops.ts";

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
  const built = await buildSite("varied", { write: writeVaried });
  const site = await serveStatic(built.client);
  return {
    origin: site.origin,
    async close() {
      await site.close();
      await built[Symbol.asyncDispose]();
    },
  };
}

async function writeVaried(content: string): Promise<void> {
  for (const make of Object.values(variedSops)) {
    const sop = make();
    const folder = join(content, "sop", sop.slug);
    await mkdir(folder);
    await writeFile(join(folder, "sop.md"), `---\n${stringify(sop)}---\n`);
    await writeFile(join(folder, "riwayat.md"), `---\n${stringify(life)}---\n`);
  }
}
