/** A restic repository as the operator writes it, taken apart. Pure. */
export type Repository =
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "sftp"; readonly user: string; readonly host: string }
  | { readonly kind: "rest" | "s3"; readonly url: URL };

const SFTP = /^sftp:([A-Za-z_][A-Za-z0-9_.-]*)@([A-Za-z0-9][A-Za-z0-9.-]*):\/./;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Null where it is none of the four kinds that the agent knows how to reach safely. */
export function parseRepository(text: string): Repository | null {
  if (text.startsWith("/")) return { kind: "local", path: text };
  const [, user, host] = SFTP.exec(text) ?? [];
  if (user !== undefined && host !== undefined) return { kind: "sftp", user, host };
  const at = text.indexOf(":");
  const kind = text.slice(0, at);
  const address = text.slice(at + 1);
  if ((kind !== "rest" && kind !== "s3") || !URL.canParse(address)) return null;
  const url = new URL(address);
  return isSafeAddress(url) ? { kind, url } : null;
}

/** Encrypted on its way, and without a name or a password: those would stand in argv. */
export function isSafeAddress(url: URL): boolean {
  const isPrivate = url.protocol === "https:" || LOOPBACK.has(url.hostname);
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && isPrivate && url.username === "" && url.password === "";
}
