/** The portal's content with formats of numbers for its agencies: invented, as only a test may. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type TempDir, tempDir } from "./temp-dir.ts";

const content = fileURLToPath(new URL("../../content", import.meta.url));

const NASKAH = `naskah:
  tempat: CONTOH Kota
  derajat: B
  unit: CONTOH
  nomor:
    disposisi: { format: "{urut:3}/{unit}/{tahun}" }
    perencanaan: { format: "ND-{urut}/{unit}/{bulan-romawi}/{tahun}" }
    laporan: { format: "{derajat}-{urut:3}/{unit}/{klasifikasi}/{bulan}/{tahun}", klasifikasi: "000.1", seri: keluar }
    surat-pemberitahuan: { format: "{derajat}-{urut:3}/{unit}/{klasifikasi}/{bulan}/{tahun}", klasifikasi: "000.2", seri: keluar }
    berita-acara: { format: "BA-{urut}/{unit}/{tahun}" }
  sumber: CONTOH
  diperiksa: null
`;

export async function numberedContent(): Promise<TempDir> {
  const dir = await tempDir();
  await cp(content, dir.path, { recursive: true });
  for (const agency of ["kaltim", "kukar"]) {
    const file = join(dir.path, "instansi", `${agency}.md`);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/^zona:/m, `${NASKAH}zona:`));
  }
  return dir;
}
