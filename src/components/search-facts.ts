/** What stands between title and excerpt of a result, for the server and the browser alike. */
export function factsOf(hit: {
  readonly agency?: string | null;
  readonly number?: string | null;
  readonly status?: string | null;
}): string {
  // The number of a law is in its title already; only SOPs have an agency.
  const number = hit.agency && hit.number ? `Nomor ${hit.number}` : null;
  return [hit.agency, number, hit.status].filter(Boolean).join(" · ");
}
