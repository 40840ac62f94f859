const PORTAL_TIMEOUT_MS = 10_000;

export interface PortalAnswer {
  readonly status: number;
  /** What the portal says the time is; null where it does not say it. */
  readonly time: Date | null;
}

/** Whether the portal answers, and its clock; null where it cannot be reached. */
export async function askPortal(portal: string): Promise<PortalAnswer | null> {
  const response = await fetch(new URL("/api/health", portal), {
    redirect: "manual",
    signal: AbortSignal.timeout(PORTAL_TIMEOUT_MS),
  }).catch(() => null);
  if (!response) return null;
  await response.body?.cancel();
  const told = Date.parse(response.headers.get("date") ?? "");
  return { status: response.status, time: Number.isNaN(told) ? null : new Date(told) };
}
