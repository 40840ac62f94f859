import { type BuiltSite, buildSite } from "./build-site.ts";
import { writeLifeContent } from "./life-content.ts";
import { startTestServer } from "./server.ts";

/** The address under which the site is built; it stands in feeds and canonical links. */
export const LIFE_ORIGIN = "https://sop.contoh.go.id";

export interface LifeSite extends BuiltSite {
  /** Where the server listens. */
  readonly base: string;
}

/** The portal with SOPs in every state of their life, built and served for real. */
export async function openLifeSite(): Promise<LifeSite> {
  const env = { PULIH_ORIGIN: LIFE_ORIGIN };
  const site = await buildSite("life", { write: writeLifeContent, empty: true, env });
  const server = await startTestServer({ env: site.env });
  return {
    ...site,
    base: server.base,
    async [Symbol.asyncDispose]() {
      await server.close();
      await site[Symbol.asyncDispose]();
    },
  };
}
