import { AppError } from "#domain/errors.ts";
import type { Host } from "../../process/host.ts";

/** Debian, then Red Hat; else whatever the PATH has. */
const FOLDERS = [
  (major: string) => `/usr/lib/postgresql/${major}/bin`,
  (major: string) => `/usr/pgsql-${major}/bin`,
];

export interface Programs {
  /** Full path of a program of the server's own version. */
  program(name: string): string;
}

const found = new WeakMap<Host, Map<string, Programs>>();

/**
 * The programs that fit the version of a data folder. Where the folder is lost they are those of the
 * newest version that is installed.
 */
export async function programsOf(folder: string, host: Host, version?: string): Promise<Programs> {
  const major = version ?? (await majorOf(folder, host)) ?? (await newest(host));
  const known = found.get(host)?.get(major);
  if (known !== undefined) return known;
  let base: string | null = null;
  for (const candidate of FOLDERS.map((at) => at(major))) {
    if (base === null && (await host.run(["test", "-x", `${candidate}/postgres`])).code === 0) {
      base = candidate;
    }
  }
  if (base === null) {
    throw new AppError("ENGINE_TOOL_MISSING", "the server's programs are not installed", {
      detail: { program: "postgres", major },
    });
  }
  const programs = { program: (name: string) => `${base}/${name}` };
  found.set(host, (found.get(host) ?? new Map()).set(major, programs));
  return programs;
}

/** Major version of the server that made a data folder, null where there is none. */
export async function majorOf(folder: string, host: Host): Promise<string | null> {
  const { code, stdout } = await host.run(["cat", "--", `${folder}/PG_VERSION`]);
  return code === 0 ? stdout.trim() : null;
}

async function newest(host: Host): Promise<string> {
  const argv = [
    "find",
    "/usr/lib/postgresql",
    "-mindepth",
    "1",
    "-maxdepth",
    "1",
    "-printf",
    "%f\\n",
  ];
  const majors = (await host.run(argv)).stdout.split("\n").map(Number).filter(Boolean);
  return String(Math.max(0, ...majors));
}
