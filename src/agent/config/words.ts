import { z } from "zod";

/** Kinds of values that all parts of the config share. */
export const alias = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "tulis huruf kecil, angka, dan tanda hubung")
  .max(60);
export const path = z.string().startsWith("/", "tulis jalur lengkap yang diawali /");
export const port = z.int().min(1).max(65_535);
/** A program and its arguments, never a shell line. */
export const argv = z.array(z.string().min(1)).min(1);
/** A server's public key as in known_hosts. Nothing is trusted on first use. */
export const hostKey = z
  .string()
  .regex(/^ssh-[a-z0-9-]+ [A-Za-z0-9+/=]+$/, "tulis seperti: ssh-ed25519 AAAA…");
