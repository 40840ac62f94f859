import { AppError } from "#domain/errors.ts";
import type { Viewer } from "../services.ts";

/** The admin who asks; ADMIN_ONLY for everybody else who is signed in. */
export function requireAdmin(viewer: Viewer | null): Viewer {
  if (!viewer) throw new AppError("AUTH_REQUIRED", "admin pages");
  if (!viewer.admin) throw new AppError("ADMIN_ONLY", "not an admin");
  if (!viewer.secondFactor) throw new AppError("AUTH_SECOND_FACTOR", "admin pages");
  return viewer;
}
