/**
 * Typst templates of this folder to tagged PDF. Data reach a template as the file `data.json` only,
 * never as source, so whatever a text holds is printed to the letter. Same template, same data and
 * same day give the same bytes: templates name the fonts given here and those within the compiler and
 * set `fallback: false`, so none of the machine's gets in; and there is no clock.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NodeCompiler, type NodeTypstDocument } from "@myriaddreamin/typst-ts-node-compiler";
import { AppError, invariant } from "#domain/errors.ts";

const folder = import.meta.dirname;
const dataFile = join(folder, "data.json");
const require = createRequire(import.meta.url);
const fonts = dirname(require.resolve("@expo-google-fonts/arimo/package.json"));
/** A result that so many documents did not use is forgotten: memory stays level over thousands. */
const CACHE_AGE = 4;

/** What to compile. */
export interface Print {
  /** A file of this folder. */
  readonly template: `${string}.typ`;
  readonly data: object;
  /** What people call the document, for messages. */
  readonly name: string;
}

let compiler: NodeCompiler | null = null;

/**
 * A PDF/UA-1 file. `created` (YYYY-MM-DD) is printed nowhere; it is the date in the file's metadata.
 * Throws CONTENT_INVALID for signs that no font has, INTERNAL where the template does not compile.
 */
export function pdfOf(print: Print, created: string): Uint8Array {
  const creationTimestamp = Date.parse(`${created}T00:00:00Z`) / 1_000;
  return compiled(print, (typst, document) =>
    typst.pdf(document, { pdfStandard: "ua-1", creationTimestamp }),
  );
}

/** What a template says under `<hasil>`, e.g. measured lengths. The caller parses it. */
export function resultOf(print: Print): unknown {
  return compiled(print, (typst, document) => {
    const [found] = typst.query(document, { selector: "<hasil>", field: "value" }) as unknown[];
    return found;
  });
}

function compiled<T>(
  { template, data, name }: Print,
  take: (typst: NodeCompiler, document: NodeTypstDocument) => T,
): T {
  compiler ??= NodeCompiler.create({
    workspace: folder,
    fontArgs: [{ fontPaths: [join(fonts, "400Regular"), join(fonts, "700Bold")] }],
  });
  compiler.mapShadow(dataFile, Buffer.from(JSON.stringify(data)));
  try {
    const run = compiler.compile({ mainFilePath: join(folder, template) });
    const failure = run.hasError() ? run.takeDiagnostics() : null;
    invariant(run.result && !failure, `${template}: ${JSON.stringify(failure?.shortDiagnostics)}`);
    return take(compiler, run.result);
  } catch (cause) {
    throw unprintable(cause, name) ?? cause;
  } finally {
    compiler.evictCache(CACHE_AGE);
  }
}

/** PDF/UA-1 refuses a text with a sign that cannot be shown; people can only mend it in the text. */
function unprintable(cause: unknown, name: string): AppError | null {
  const found = String(cause).matchAll(/the text `\\?"(.+?)\\?"` could not be displayed/g);
  const signs = [...new Set([...found].map(([, sign = ""]) => sign))];
  if (signs.length === 0) return null;
  const pesan = `Tanda ini tidak ada pada huruf cetak: ${signs.join(" ")}. Ganti atau hapus tanda itu dari teksnya.`;
  return new AppError("CONTENT_INVALID", `${name}: ${pesan}`, {
    detail: { signs },
    problems: [{ field: name, pesan }],
    cause,
  });
}
