import { createHmac, timingSafeEqual } from "node:crypto";
import type { Deps } from "../deps.ts";

const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const LENGTH = 16;

/** The secret of a request's tracking link: 16 characters, 80 bits, made from the id, stored nowhere. */
export function trackingCode(deps: Pick<Deps, "secret">, request: string): string {
  const mac = createHmac("sha256", deps.secret).update(`tracking\n${request}`).digest();
  let code = "";
  for (let at = 0; at < LENGTH; at += 1) code += ALPHABET.charAt((mac[at] ?? 0) % ALPHABET.length);
  return code;
}

/** Compares in constant time; case, spaces and hyphens do not matter. */
export function tracks(deps: Pick<Deps, "secret">, request: string, code: string): boolean {
  const given = Buffer.from(code.toLowerCase().replace(/[\s-]/g, ""));
  const right = Buffer.from(trackingCode(deps, request));
  return given.length === right.length && timingSafeEqual(given, right);
}
