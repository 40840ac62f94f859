/**
 * The server writes some expressions in one of two ways, according to whether they were read from
 * people or from a dump of itself. Both are brought to one, or what nobody touched would differ:
 *
 * - lists of varchar literals are cast to text as a whole, or one by one
 * - `a BETWEEN 1 AND 2 AND b` stands as a pair within a pair, or as three side by side
 */
export function settled(definition: string): string {
  return flattened(
    definition
      .replace(/\(('(?:[^']|'')*'::character varying(?:\(\d+\))?)\)::text/g, "$1")
      .replace(/\((ARRAY\[[^\]]*\])\)::text\[\]/g, "$1"),
  );
}

/** Within quotes a parenthesis means nothing. */
const MARKS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]| AND | OR /g;

/** What stands in parentheses: operands of one operator, or a text that has none. */
interface Group {
  operator: string | null;
  readonly operands: string[];
  /** Since the last operator. */
  text: string;
  /** Where that text is nothing but a group of its own. */
  inner: Group | null;
}

/** Without the parentheses around a list of ANDs within such a list, and the same of ORs. */
function flattened(text: string): string {
  const open: Group[] = [emptyGroup()];
  let at = 0;
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    const group = open.at(-1) ?? emptyGroup();
    write(group, text.slice(at, index));
    at = index + mark.length;
    if (mark === "(") open.push(emptyGroup());
    else if (mark === ")" && open.length > 1) {
      open.pop();
      putInto(open.at(-1) ?? emptyGroup(), closed(group));
    } else if (mark === " AND " || mark === " OR ") {
      // Both in one list: the server does not write so, and it stays as it is.
      if (group.operator !== null && group.operator !== mark) write(group, mark);
      else endOperand(group, mark);
    } else write(group, mark);
  }
  write(open.at(-1) ?? emptyGroup(), text.slice(at));
  // What nobody closed is of a comment, or of a routine's own text.
  return open.map((group) => textOf(closed(group))).join("(");
}

function emptyGroup(): Group {
  return { operator: null, operands: [], text: "", inner: null };
}

function write(group: Group, text: string): void {
  if (text === "") return;
  group.text += text;
  group.inner = null;
}

function putInto(group: Group, inner: Group): void {
  const isAlone = group.text === "";
  group.text += `(${textOf(inner)})`;
  group.inner = isAlone ? inner : null;
}

function endOperand(group: Group, operator: string | null): void {
  const { inner } = group;
  if (inner !== null && operator !== null && inner.operator === operator) {
    group.operands.push(...inner.operands);
  } else group.operands.push(group.text);
  Object.assign(group, { operator, text: "", inner: null });
}

function closed(group: Group): Group {
  endOperand(group, group.operator);
  return group;
}

function textOf({ operands, operator }: Group): string {
  return operands.join(operator ?? "");
}
