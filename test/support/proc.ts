import { readdirSync, readFileSync } from "node:fs";

/** True while a process lives; one that ended but was not yet reaped is dead. */
export function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== "Z" && stat.state !== "X";
}

/** Process ids of all living descendants. */
export function descendantsOf(pid: number): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((name) => [Number(name), statOf(Number(name))?.parent ?? 0]));
  const found: number[] = [];
  const add = (of: number): void => {
    for (const [child, parent] of parents) {
      if (parent !== of || found.includes(child)) continue;
      found.push(child);
      add(child);
    }
  };
  add(pid);
  return found.filter(isAlive);
}

function statOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name stands in brackets and may hold anything.
    const [state = "", parent = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}
