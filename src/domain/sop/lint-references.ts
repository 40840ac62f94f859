import { type Finding, finding } from "./finding.ts";
import type { RuleId } from "./lint-rules.ts";
import { positions } from "./navigate.ts";
import type { DocumentKind, Sop } from "./schema.ts";

type Path = Finding["path"];

/** Ids are unique, and whatever names a column, role, act or document names one that is there. */
export function lintReferences(sop: Sop): Finding[] {
  return [...lintRoles(sop), ...lintActs(sop)];
}

function lintRoles(sop: Sop): Finding[] {
  const columns = sop.pelaksana.map((column, at) => ({
    id: column.id,
    path: ["pelaksana", at, "id"],
  }));
  const roles = sop.pelaksana.flatMap((column, at) =>
    column.peran.map((role, roleAt) => ({
      ...role,
      path: ["pelaksana", at, "peran", roleAt] as Path,
    })),
  );
  const findings = [
    ...repeated("kolom-ganda", columns, "Kolom"),
    ...repeated(
      "peran-ganda",
      roles.map(({ id, path }) => ({ id, path: [...path, "id"] })),
      "Peran",
    ),
  ];
  const service = sop.jenisPermohonan.length > 0;
  const requesters = roles.filter((role) => role.pemohon);
  if (requesters.length > 1 || (service && requesters.length === 0)) {
    findings.push(
      finding(
        "pemohon-tunggal",
        requesters[1] ? [...requesters[1].path, "pemohon"] : ["pelaksana"],
        `Ada ${requesters.length} peran pemohon.`,
        'Tulis "pemohon: true" pada tepat satu peran.',
      ),
    );
  }
  for (const { id, pemohon, jabatan, path } of roles) {
    if (pemohon && jabatan.length > 0) {
      const pesan = "Pemohon tidak memegang jabatan dinas.";
      findings.push(
        finding("pemohon-berjabatan", [...path, "jabatan"], pesan, "Tulis jabatan: []."),
      );
    }
    // Nobody takes a role of a procedure that is only published.
    if (service && !pemohon && jabatan.length === 0) {
      findings.push(
        finding(
          "peran-tanpa-jabatan",
          [...path, "jabatan"],
          `Peran "${id}" tidak dapat dijalankan siapa pun.`,
          "Tulis sedikitnya satu jabatan dari berkas instansi.",
        ),
      );
    }
  }
  return findings;
}

function lintActs(sop: Sop): Finding[] {
  const columns = new Set(sop.pelaksana.map((column) => column.id));
  const roles = new Set(sop.pelaksana.flatMap((column) => column.peran.map((role) => role.id)));
  const requester = sop.pelaksana.flatMap((column) => column.peran).find((role) => role.pemohon);
  const order = positions(sop).map((position) => position.act);
  const doers = new Map(order.map((act) => [act.id, act.oleh]));
  const earlier = new Set<string>();
  const documents = new Set<DocumentKind>();
  const findings: Finding[] = [];
  const add = (aturan: RuleId, path: Path, pesan: string, saran: string) =>
    findings.push(finding(aturan, path, pesan, saran));
  const absent = (
    aturan: RuleId,
    path: Path,
    what: string,
    value: string,
    known: ReadonlySet<string>,
  ) => add(aturan, path, `${what} "${value}" tidak ada.`, choiceOf(known));

  sop.langkah.forEach((step, stepAt) => {
    const inStep: Path = ["langkah", stepAt];
    step.kolom.forEach((column, at) => {
      const path = [...inStep, "kolom", at];
      if (!columns.has(column)) absent("kolom-tak-dikenal", path, "Kolom", column, columns);
      else if (step.kolom.indexOf(column) !== at) {
        add("kolom-terulang", path, `Kolom "${column}" tertulis dua kali.`, "Hapus salah satu.");
      }
    });
    step.tindakan.forEach((act, actAt) => {
      const inAct: Path = [...inStep, "tindakan", actAt];
      if (earlier.has(act.id)) {
        const pesan = `Tindakan "${act.id}" sudah ada.`;
        add("tindakan-ganda", [...inAct, "id"], pesan, "Tulis id lain.");
      }
      if (!roles.has(act.oleh)) {
        absent("peran-tak-dikenal", [...inAct, "oleh"], "Peran", act.oleh, roles);
      }
      act.kepada.forEach((role, at) => {
        if (roles.has(role)) return;
        absent("peran-tak-dikenal", [...inAct, "kepada", at], "Peran", role, roles);
      });
      if (act.jenis === "disposisi" && act.kepada.length === 0) {
        add(
          "disposisi-tanpa-tujuan",
          [...inAct, "kepada"],
          "Disposisi harus tertuju.",
          "Tulis sedikitnya satu peran.",
        );
      }
      act.bedaOrangDari.forEach((other, at) => {
        const path = [...inAct, "bedaOrangDari", at];
        if (!earlier.has(other)) {
          absent("tindakan-tak-dikenal", path, "Tindakan sebelum ini", other, earlier);
        } else if (act.oleh === requester?.id && doers.get(other) === requester.id) {
          add(
            "pemisahan-mustahil",
            path,
            "Kedua tindakan dikerjakan pemohon yang sama, jadi tidak mungkin beda orang.",
            "Hapus butir ini atau ganti perannya.",
          );
        }
      });
      act.lampiran.forEach((document, at) => {
        if (documents.has(document)) return;
        const path = [...inAct, "lampiran", at];
        const what = "Dokumen dari tindakan sebelum ini";
        absent("lampiran-tak-dikenal", path, what, document, documents);
      });
      earlier.add(act.id);
      if (act.dokumen) documents.add(act.dokumen);
    });
  });
  return findings;
}

/** One finding for each entry whose id an earlier one has. */
export function repeated(
  aturan: RuleId,
  entries: readonly { id: string; path: Path }[],
  what: string,
): Finding[] {
  return entries
    .filter((entry, at) => entries.findIndex((other) => other.id === entry.id) !== at)
    .map(({ id, path }) => finding(aturan, path, `${what} "${id}" sudah ada.`, "Tulis id lain."));
}

function choiceOf(known: ReadonlySet<string>): string {
  return known.size > 0 ? `Tulis salah satu dari: ${[...known].join(", ")}.` : "Hapus butir ini.";
}
