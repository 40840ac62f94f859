import type { Viewer } from "../../functions/services/services.ts";

/** The register and the plans are kept by whoever holds a position; others have nothing to see there. */
export function mayKeepRegister(viewer: Viewer): boolean {
  return viewer.secondFactor && viewer.positions.length > 0;
}
