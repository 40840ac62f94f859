/** How the recovery kit is set: plain text that prints on A4 in a fixed-width face. */
const COLUMNS = 92;

/** One word for a POSIX shell, whatever is in it. */
export function quoteShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Commands stand behind four spaces and are to be run as they stand. */
export function commands(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join("\n");
}

/** Prose in lines that fit on paper. */
export function paragraph(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}

/** A printer begins a new page at the form feed. */
export function section(title: string, parts: readonly string[], isNewPage = false): string {
  return [`${isNewPage ? "\f" : ""}## ${title}`, "", ...parts.flatMap((part) => [part, ""])].join(
    "\n",
  );
}
