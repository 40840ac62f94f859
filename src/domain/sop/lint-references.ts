import type { Finding } from "./finding.ts";
import { positions } from "./navigate.ts";
import type { DocumentKind, Sop } from "./schema.ts";

type Path = Finding["path"];

/** Ids are unique, and whatever names a column, role, act or document names one that is there. */
export function lintReferences(sop: Sop): Finding[] {
  return [...lintRoles(sop), ...lintActs(sop)];
}

function lintRoles(sop: Sop): Finding[] {
  const findings: Finding[] = [];
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
  findings.push(...repeated(columns, "Kolom"));
  findings.push(
    ...repeated(
      roles.map((role) => ({ id: role.id, path: [...role.path, "id"] })),
      "Peran",
    ),
  );
  const requesters = roles.filter((role) => role.pemohon);
  if (requesters.length !== 1) {
    findings.push({
      path: requesters[1] ? [...requesters[1].path, "pemohon"] : ["pelaksana"],
      pesan: `Ada ${requesters.length} peran pemohon. Tulis "pemohon: true" pada tepat satu peran.`,
    });
  }
  for (const role of roles) {
    if (role.pemohon && role.jabatan.length > 0) {
      findings.push({
        path: [...role.path, "jabatan"],
        pesan: "Pemohon tidak memegang jabatan dinas. Tulis jabatan: [].",
      });
    }
    if (!role.pemohon && role.jabatan.length === 0) {
      findings.push({
        path: [...role.path, "jabatan"],
        pesan: `Peran "${role.id}" tidak dapat dijalankan siapa pun. Tulis sedikitnya satu jabatan dari berkas instansi.`,
      });
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
  const add = (path: Path, pesan: string) => findings.push({ path, pesan });

  sop.langkah.forEach((step, stepAt) => {
    const inStep: Path = ["langkah", stepAt];
    step.kolom.forEach((column, at) => {
      if (!columns.has(column)) {
        add([...inStep, "kolom", at], unknown("Kolom", column, columns));
      } else if (step.kolom.indexOf(column) !== at) {
        add([...inStep, "kolom", at], `Kolom "${column}" tertulis dua kali. Hapus salah satu.`);
      }
    });
    step.tindakan.forEach((act, actAt) => {
      const inAct: Path = [...inStep, "tindakan", actAt];
      if (earlier.has(act.id)) {
        add([...inAct, "id"], `Tindakan "${act.id}" sudah ada. Tulis id lain.`);
      }
      if (!roles.has(act.oleh)) add([...inAct, "oleh"], unknown("Peran", act.oleh, roles));
      act.kepada.forEach((role, at) => {
        if (!roles.has(role)) add([...inAct, "kepada", at], unknown("Peran", role, roles));
      });
      if (act.jenis === "disposisi" && act.kepada.length === 0) {
        add([...inAct, "kepada"], "Disposisi harus tertuju. Tulis sedikitnya satu peran.");
      }
      act.bedaOrangDari.forEach((other, at) => {
        const path = [...inAct, "bedaOrangDari", at];
        if (!earlier.has(other)) {
          add(path, unknown("Tindakan sebelum ini", other, earlier));
        } else if (act.oleh === requester?.id && doers.get(other) === requester.id) {
          add(
            path,
            "Kedua tindakan dikerjakan pemohon yang sama, jadi tidak mungkin beda orang. Hapus butir ini atau ganti perannya.",
          );
        }
      });
      act.lampiran.forEach((document, at) => {
        if (!documents.has(document)) {
          add(
            [...inAct, "lampiran", at],
            unknown("Dokumen dari tindakan sebelum ini", document, documents),
          );
        }
      });
      earlier.add(act.id);
      if (act.dokumen) documents.add(act.dokumen);
    });
  });
  return findings;
}

function repeated(entries: readonly { id: string; path: Path }[], what: string): Finding[] {
  return entries
    .filter((entry, at) => entries.findIndex((other) => other.id === entry.id) !== at)
    .map((entry) => ({
      path: entry.path,
      pesan: `${what} "${entry.id}" sudah ada. Tulis id lain.`,
    }));
}

function unknown(what: string, value: string, known: ReadonlySet<string>): string {
  const choice =
    known.size > 0 ? `Tulis salah satu dari: ${[...known].join(", ")}.` : "Hapus butir ini.";
  return `${what} "${value}" tidak ada. ${choice}`;
}
