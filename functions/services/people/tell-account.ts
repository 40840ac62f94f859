import type { Statement } from "#db/client.ts";
import { outbox } from "#db/schema/notices.ts";
import type { Deps } from "../deps.ts";

const TEXTS = {
  password: "Kata sandi akun ruang kerja Anda baru saja diganti. Sesi lain sudah diakhiri.",
  recovered:
    "Kata sandi akun ruang kerja Anda baru saja diatur ulang lewat tautan pemulihan. Semua sesi sudah diakhiri.",
  totp: "Aplikasi autentikator akun ruang kerja Anda baru saja dipasang atau diganti.",
  passkey: "Sebuah kunci sandi baru saja ditambahkan pada akun ruang kerja Anda.",
} as const;

export type TellAccountDeps = Pick<Deps, "db" | "mail" | "newId" | "now">;

/**
 * Tells people by mail that the way into their account changed, so that who did not do it themselves
 * learns of it. Written with the change; nothing where the portal sends no mail.
 */
export function tellAccount(
  deps: TellAccountDeps,
  email: string,
  what: keyof typeof TEXTS,
): Statement[] {
  if (!deps.mail) return [];
  const id = deps.newId();
  const at = deps.now().toISOString();
  const body = `${TEXTS[what]}\n\nBila bukan Anda yang melakukannya, hubungi admin dinas Anda sekarang.\n`;
  return [
    deps.db.orm.insert(outbox).values({
      id,
      channel: "mail",
      dedupe: `account-${id}`,
      to: email,
      subject: "Perubahan pada akun ruang kerja Anda",
      body,
      createdAt: at,
      notBefore: at,
    }),
  ];
}
