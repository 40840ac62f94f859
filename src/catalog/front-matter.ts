import { CORE_SCHEMA, load } from "js-yaml";
import { isCollection, isScalar, parseDocument, type YAMLError } from "yaml";

/** A Markdown file: what stands between the two `---` lines, and the text after them. */
export interface FrontMatter {
  readonly data: unknown;
  readonly body: string;
  /** The line of the file on which the value at `path` (or its nearest parent that is there) stands. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

export interface Unreadable {
  readonly line: number;
  readonly pesan: string;
}

const FENCED = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m;

/** Reads a file's text; throws nothing, a file that cannot be read is told line by line. */
export function readFrontMatter(text: string): FrontMatter | readonly Unreadable[] {
  const source = text.replace(/^\uFEFF/, "");
  const match = FENCED.exec(source);
  if (match?.index !== 0) {
    return [
      {
        line: 1,
        pesan:
          "Berkas tidak diawali data. Tulis --- pada baris pertama, lalu datanya, lalu --- lagi.",
      },
    ];
  }
  const yaml = match[1] ?? "";
  const lineAt = (offset: number): number => yaml.slice(0, offset).split("\n").length + 1;
  const lineOf = (path: readonly PropertyKey[]): number => {
    const root = treeOf(yaml);
    for (let depth = path.length; depth > 0; depth -= 1) {
      const at = positionOf(root, path.slice(0, depth));
      if (at !== null) return lineAt(at);
    }
    return 1;
  };
  const body = source.slice(match[0].length).trim();
  try {
    return { data: load(yaml, { schema: CORE_SCHEMA }) ?? null, body, lineOf };
  } catch {
    // Ten times as slow, but it knows every mistake with its line.
    const document = parseDocument(yaml, { prettyErrors: false });
    if (document.errors.length === 0) return { data: document.toJS() as unknown, body, lineOf };
    return document.errors.map((error) => ({
      line: lineAt(error.pos[0]),
      pesan: sentenceOf(error),
    }));
  }
}

let latest: { readonly yaml: string; readonly root: unknown } | null = null;

/**
 * Read again when asked for a line: a thousand syntax trees are not free. Those who ask go from file
 * to file, so the last one is kept.
 */
function treeOf(yaml: string): unknown {
  if (latest?.yaml !== yaml) latest = { yaml, root: parseDocument(yaml).contents };
  return latest.root;
}

/** Where a value begins; for a member of a mapping, where its key begins. */
function positionOf(root: unknown, path: readonly PropertyKey[]): number | null {
  let node = root;
  let position: number | null = null;
  for (const key of path) {
    if (!isCollection(node)) return null;
    const pair = node.items.find(
      (item, index) =>
        index === key || (isPair(item) && isScalar(item.key) && item.key.value === key),
    );
    if (pair === undefined) return null;
    const start = isPair(pair) ? pair.key : pair;
    node = isPair(pair) ? pair.value : pair;
    position = rangeStart(start);
  }
  return position;
}

function isPair(item: unknown): item is { key: unknown; value: unknown } {
  return (
    typeof item === "object" && item !== null && "key" in item && "value" in item && !isScalar(item)
  );
}

function rangeStart(node: unknown): number | null {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? null;
}

function sentenceOf(error: YAMLError): string {
  switch (error.code) {
    case "DUPLICATE_KEY":
      return "Kunci ini tertulis dua kali. Hapus salah satu.";
    case "TAB_AS_INDENT":
      return "Baris dimulai dengan tab. Ganti tab dengan spasi.";
    case "MISSING_CHAR":
      return "Ada tanda penutup yang kurang. Lengkapi tanda kutip, kurung, atau titik duanya.";
    case "BAD_INDENT":
    case "BAD_COLLECTION_TYPE":
      return "Baris ini tidak sejajar dengan kelompoknya. Sejajarkan, atau tutup kurung dan tanda kutip di baris sebelumnya.";
    default:
      return "Data tidak terbaca di baris ini. Periksa indentasi, lalu apit teks yang memuat titik dua atau tanda kutip dengan tanda kutip.";
  }
}
