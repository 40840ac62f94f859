import { readFile, stat } from "node:fs/promises";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import { MaintainerConfig } from "./config/maintainer.ts";
import { AgentConfig } from "./config.ts";

/** Reads the operator's file whole. INPUT_CONFIG with one line for everything there is to mend. */
export function loadConfig(file: string): Promise<AgentConfig> {
  return loadChecked(file, AgentConfig, credentialProblems);
}

/** As `loadConfig`, for the identity that may delete. */
export function loadMaintainerConfig(file: string): Promise<MaintainerConfig> {
  return loadChecked(file, MaintainerConfig, ({ vaults }) =>
    credentialProblems({ vaults, targets: [] }),
  );
}

async function loadChecked<Config>(
  file: string,
  schema: z.ZodType<Config>,
  problemsOf: (config: Config) => Promise<FieldProblem[]>,
): Promise<Config> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const isMissing = error.code === "ENOENT";
    throw failure(file, [
      {
        field: "",
        pesan: isMissing
          ? "berkas tidak ada; tulis jalur yang benar"
          : "berkas tidak dapat dibaca; periksa haknya",
      },
    ]);
  });
  if (((await stat(file)).mode & 0o002) !== 0) {
    // Whoever writes the allow-list decides what the agent does.
    throw failure(file, [
      { field: "", pesan: `dapat ditulis siapa saja; jalankan: chmod o-w ${file}` },
    ]);
  }
  const read = schema.safeParse(parseYaml(file, text), { error: sentence });
  if (!read.success) {
    throw failure(
      file,
      read.error.issues.map((issue) => ({ field: fieldOf(issue.path), pesan: issue.message })),
    );
  }
  const problems = await problemsOf(read.data);
  if (problems.length > 0) throw failure(file, problems);
  return read.data;
}

function parseYaml(file: string, text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true });
  const problems = document.errors.map((error) => ({
    field: `baris ${error.linePos?.[0].line ?? 1}, kolom ${error.linePos?.[0].col ?? 1}`,
    pesan:
      "tulisan YAML tidak terbaca; periksa indentasi, tanda titik dua, tanda kutip, dan kunci yang ganda",
  }));
  if (problems.length > 0) throw failure(file, problems);
  return document.toJS({ maxAliasCount: 10 });
}

/** What to write instead, where the schema itself does not say it. */
function sentence(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "wajib diisi";
      return `tulis ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `tulis salah satu: ${issue.values.join(", ")}`;
    case "invalid_union": {
      const options = (issue as { options?: unknown }).options;
      return Array.isArray(options)
        ? `tulis salah satu: ${options.join(", ")}`
        : "tulis menurut panduan operator";
    }
    case "unrecognized_keys":
      return `hapus bagian yang tidak dikenal: ${issue.keys.join(", ")}`;
    case "too_small":
      if (issue.origin === "string") return "wajib diisi";
      return issue.origin === "array"
        ? "tulis sedikitnya satu"
        : `tulis angka ${issue.minimum} atau lebih`;
    case "too_big":
      return issue.origin === "string"
        ? `paling banyak ${issue.maximum} huruf`
        : `tulis angka ${issue.maximum} atau kurang`;
    default:
      return "tulis menurut panduan operator";
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "teks",
  number: "angka",
  int: "angka bulat",
  array: "daftar (baris berawalan tanda hubung)",
  object: "kelompok isian (kunci: nilai)",
};

/** Files with secrets that lie on this host; those at a place reached over SSH are seen by `doctor`. */
async function credentialProblems(
  config: Pick<AgentConfig, "vaults" | "targets">,
): Promise<FieldProblem[]> {
  const files: { field: string; path: string }[] = [];
  config.vaults.forEach((vault, index) => {
    const key = vault.jenis === "restic" ? "berkasSandi" : "berkasKunci";
    files.push({
      field: `vaults[${index}].${key}`,
      path: vault.jenis === "restic" ? vault.berkasSandi : vault.berkasKunci,
    });
    if (vault.jenis !== "objects" && vault.berkasKredensial !== null) {
      files.push({ field: `vaults[${index}].berkasKredensial`, path: vault.berkasKredensial });
    }
    if (vault.jenis === "restic" && vault.ssh !== null) {
      files.push({ field: `vaults[${index}].ssh.berkasKunci`, path: vault.ssh.berkasKunci });
    }
  });
  config.targets.forEach((target, index) => {
    const at = `targets[${index}]`;
    if (target.tempat.jenis === "ssh") {
      files.push({ field: `${at}.tempat.berkasKunci`, path: target.tempat.berkasKunci });
    } else if (target.engine === "postgres" && target.berkasSandi !== null) {
      files.push({ field: `${at}.berkasSandi`, path: target.berkasSandi });
    } else if (target.engine === "mariadb") {
      files.push({ field: `${at}.berkasOpsi`, path: target.berkasOpsi });
    }
  });
  const found = await Promise.all(files.map(({ field, path }) => credentialProblem(field, path)));
  return found.filter((problem) => problem !== null);
}

async function credentialProblem(field: string, path: string): Promise<FieldProblem | null> {
  const status = await stat(path).catch(() => null);
  if (!status?.isFile())
    return {
      field,
      pesan: `berkas ${path} tidak ada; buat berkas itu atau tulis jalur yang benar`,
    };
  if ((status.mode & 0o007) === 0) return null;
  return {
    field,
    pesan: `berkas ${path} terbuka bagi semua pengguna; jalankan: chmod 600 ${path}`,
  };
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, part) => {
    if (typeof part === "number") return `${field}[${part}]`;
    return field === "" ? String(part) : `${field}.${String(part)}`;
  }, "");
}

function failure(file: string, problems: readonly FieldProblem[]): AppError {
  return new AppError("INPUT_CONFIG", `${file} has ${problems.length} problem(s)`, {
    problems: problems.map(({ field, pesan }) => ({
      field,
      pesan: [file, field, pesan].filter((part) => part !== "").join(": "),
    })),
  });
}
