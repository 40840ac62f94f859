/**
 * A third agency comes in by files alone: begun by the command line, filled in as a person would in
 * an editor, published, and asked for at the real server. No line of code knows of it.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { runPulih } from "#support/pulih-command.ts";
import { openTestPortal, startTestServer } from "#support/server.ts";
import { answers, look, Office, submit, walk } from "./office.ts";

const content = fileURLToPath(new URL("../../content", import.meta.url));
const SLUG = "bontang-backup-database";
const AGENCY = "instansi/bontang.md";
const SOP = `sop/${SLUG}/sop.md`;
const LIFE = `sop/${SLUG}/riwayat.md`;
const SERVICE = `layanan/${SLUG}.md`;

describe("a third agency and its SOP", () => {
  let dir: string;
  let env: { PULIH_CONTENT: string };
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulih-content-"));
    env = { PULIH_CONTENT: dir };
    await cp(content, dir, { recursive: true });
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const initAgency = (...more: string[]) =>
    runPulih(
      ["init", "agency", "bontang", "--nama", 'Dinas "Kominfo" Kota Bontang: CONTOH', ...more],
      env,
    );
  const initSop = (...more: string[]) => runPulih(["init", "sop", SLUG, ...more], env);
  const edit = async (file: string, changes: Readonly<Record<string, string>>): Promise<void> => {
    let text = await readFile(join(dir, file), "utf8");
    for (const [from, to] of Object.entries(changes)) {
      if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
      text = text.replace(from, to);
    }
    await writeFile(join(dir, file), text);
  };

  it("are begun as drafts that load at once, and say what to do next", async () => {
    const agency = await initAgency("--singkatan", "CONTOH #1", "--zona", "Asia/Makassar");
    expect([agency.code, agency.err]).toEqual([0, ""]);
    expect(agency.out).toContain("npx pulih init sop <nama-folder> --instansi bontang");
    expect(agency.out).toContain("content/ppid");
    const sop = await initSop("--instansi", "bontang", "--judul", "SOP: Backup - 100% CONTOH");
    expect([sop.code, sop.err]).toEqual([0, ""]);
    expect(sop.out).toContain(`npx pulih sop lint ${SLUG}`);
    const catalog = await loadCatalog(dir);
    expect(catalog.agencies.get("bontang")).toMatchObject({
      status: "draf",
      singkatan: "CONTOH #1",
      nama: 'Dinas "Kominfo" Kota Bontang: CONTOH',
    });
    expect(catalog.sops.get(SLUG)).toMatchObject({
      life: { status: "draf" },
      sop: { judul: "SOP: Backup - 100% CONTOH" },
    });
    const service = catalog.services.get(SLUG);
    const { id: _id, body: _body, file: _file, maklumat, ...components } = service ?? {};
    expect(new Set(Object.values(components))).toEqual(new Set([null]));
    expect(maklumat).toEqual({ teks: null, tanggal: null, penandaTangan: null });
  });

  it("explain every field to the person who fills them in", async () => {
    for (const file of [AGENCY, SOP, LIFE, SERVICE]) {
      const lines = (await readFile(join(dir, file), "utf8")).split("\n");
      const bare = lines.filter((line, at) => {
        const field = /^[a-zA-Z]+:/.test(line) && !line.includes("#");
        // A comment above, or above the fields of one comment.
        const above = lines.slice(0, at).findLast((one) => /^(#|$)/.test(one)) ?? "";
        return field && !above.startsWith("#");
      });
      expect(bare, file).toEqual([]);
    }
  });

  it("are never written over, nor begun without what they need", async () => {
    const before = await readFile(join(dir, AGENCY), "utf8");
    const again = await initAgency("--singkatan", "LAIN");
    expect([again.code, again.err]).toEqual([5, expect.stringContaining(`${AGENCY}: `)]);
    expect(await readFile(join(dir, AGENCY), "utf8")).toBe(before);
    expect((await initSop("--instansi", "bontang", "--judul", "LAIN")).code).toBe(5);
    const bare = await runPulih(["init", "sop"], env);
    expect(bare.code).toBe(2);
    for (const field of ["slug", "--instansi", "--judul"])
      expect(bare.err).toContain(`  ${field}: `);
    const nowhere = await runPulih(
      ["init", "sop", "lain", "--instansi", "tidak-ada", "--judul", "X"],
      env,
    );
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining("pulih init agency")]);
    const path = await runPulih(["init", "sop", "../luar", "--instansi", "kaltim"], env);
    expect([path.code, path.err]).toEqual([2, expect.stringContaining("huruf kecil")]);
  });

  it("run once their texts are filled in: no code was changed", async () => {
    await edit(AGENCY, {
      "CONTOH PEMERINTAH DAERAH": "PEMERINTAH KOTA CONTOH",
      "# merek: biru": "merek: hijau",
      "judul: CONTOH Kepala Bidang": "judul: Kepala Bidang Infrastruktur",
      "status: draf": "status: terbit",
    });
    await edit(SOP, {
      "nomor: null               #": "nomor: CONTOH/1/2026     #",
      "dasarHukum: []":
        'dasarHukum:\n  - { nomor: 1, teks: "Undang-Undang Nomor 14 Tahun 2008 tentang Keterbukaan Informasi Publik", rujukan: uu-14-2008 }',
      "Mengajukan surat permohonan CONTOH": "Mengajukan surat permohonan pencadangan",
      "Merencanakan pelaksanaan CONTOH": "Merencanakan pelaksanaan pencadangan",
    });
    await edit(LIFE, {
      "status: draf": "status: berlaku",
      "berlakuSejak: null": "berlakuSejak: 2026-11-01",
    });
    const lint = await runPulih(["sop", "lint", SLUG, "--hari-ini", "2026-11-23", "--json"], env);
    const report = JSON.parse(lint.out) as { errors: number; remarks: { aturan: string }[] };
    expect([lint.code, report.errors]).toEqual([0, 0]);
    // The law it cites is one that nobody has checked yet.
    expect(report.remarks.map(({ aturan }) => aturan)).toEqual(["peraturan-belum-diperiksa"]);

    await using portal = await openTestPortal({ env });
    await using server = await startTestServer({ env });
    const answer = await fetch(`${server.base}/api/requests`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(answers(portal, SLUG, { alasan: "CONTOH alasan" })),
    });
    expect(answer.status).toBe(201);

    const submitted = await submit(portal, SLUG);
    const waiting = await walk(new Office(portal), SLUG, submitted, {
      targets: [],
      agent: { work: () => Promise.reject(new Error("no agent yet")) },
      until: (view) => view.next?.act === "rencana",
    });
    expect(waiting.next?.act).toBe("rencana");
    expect((await look(portal, submitted.ref, submitted)).steps.map(({ state }) => state)).toEqual([
      "closed",
      "closed",
      "current",
      "waiting",
      "waiting",
    ]);
  });
});
