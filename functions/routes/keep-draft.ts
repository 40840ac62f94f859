import type { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import type { AppContext, RouteDeps } from "./app-env.ts";

/** Secrets are never kept, not even for the way back. */
const NEVER_KEPT = new Set([
  "sandi",
  "sandi-baru",
  "sandi-ulang",
  "kode",
  "frasaSandi",
  "konsep",
  "nik",
]);

/** Keeps a refused form for the page that shows it again; the id goes into the redirect. */
export function keepDraft(
  c: AppContext,
  { services }: RouteDeps,
  error: AppError,
  values: FormValues,
): string {
  c.set("errorCode", error.code);
  const kept = Object.entries(values).filter(([name]) => !NEVER_KEPT.has(name));
  return services.drafts.keep({
    values: Object.fromEntries(kept),
    problems: error.problems,
    pesan: error.row.pesan,
    status: error.row.status,
  });
}
