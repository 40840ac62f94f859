/** Assets for tests: what is restored must stand in the register of its agency. */
import { connectedAssets } from "#functions/services/assets/connected.ts";
import { registerAsset as register } from "#functions/services/assets/register.ts";
import type { Deps } from "#functions/services/deps.ts";

/** Enters a server of invented facts for the target `alias`, and answers its code. */
export async function registerAsset(
  portal: { readonly deps: Deps },
  { agency, alias }: { readonly agency: string; readonly alias: string | null },
): Promise<string> {
  const { code } = await register(portal.deps, {
    agency,
    by: "CONTOH pendaftar",
    facts: {
      name: `CONTOH server ${alias ?? "tanpa sasaran"}`,
      owner: "CONTOH dinas",
      kind: "basis-data",
      category: "tinggi",
      place: "CONTOH ruang server",
      alias,
      note: null,
    },
  });
  return code;
}

/** All targets, for all agencies of the portal, but once: for tests that are about something else. */
export async function registerAll(
  portal: { readonly deps: Deps },
  aliases: readonly string[],
): Promise<void> {
  for (const agency of portal.deps.catalog.agencies.keys()) {
    const known = await connectedAssets(portal.deps, agency);
    for (const alias of aliases) {
      if (!known.has(alias)) await registerAsset(portal, { agency, alias });
    }
  }
}
