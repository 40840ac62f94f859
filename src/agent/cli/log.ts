export type Log = (message: string, detail?: Readonly<Record<string, unknown>>) => void;

/** A key that names a secret should never be logged; should it be, its value still is not. */
const SECRET_KEY = /sandi|kunci|passw|secret|token|credential|privatekey/i;
const TEXT_MAX = 2_000;

/** The agent's own log: one JSON line an event. */
export function createLog(write: (line: string) => void, now: () => Date): Log {
  return (message, detail = {}) => {
    const line = JSON.stringify({ t: now().toISOString(), message, ...detail }, (key, value) => {
      if (key !== "" && SECRET_KEY.test(key)) return "[tidak dicatat]";
      return typeof value === "string" ? value.slice(0, TEXT_MAX) : value;
    });
    write(`${line}\n`);
  };
}

export const silent: Log = () => undefined;
