import { and, eq } from "drizzle-orm";
import { agents } from "#db/schema/agents.ts";
import { jobSpecs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { JobSpec } from "#protocol/v1.ts";
import { connectedAssets } from "../assets/connected.ts";
import type { Deps } from "../deps.ts";

/**
 * The order that was fixed by an earlier act, as it is about to be carried out. WORKFLOW_TARGET
 * where its agent may not work any more; ASSET_UNREGISTERED where a server that it reads for a
 * restore, or restores, left the register since then.
 */
export async function frozenOrder(
  deps: Pick<Deps, "db">,
  agency: string,
  job: string,
): Promise<{ readonly id: string; readonly agent: string }> {
  const [found] = await deps.db.orm
    .select({ id: jobSpecs.job, agent: jobSpecs.agent, spec: jobSpecs.spec })
    .from(jobSpecs)
    .innerJoin(agents, and(eq(agents.id, jobSpecs.agent), eq(agents.status, "approved")))
    .where(eq(jobSpecs.job, job));
  if (!found) throw new AppError("WORKFLOW_TARGET", "the agent of the frozen order is gone");
  const { action, choices } = JobSpec.parse(JSON.parse(found.spec));
  if (action !== "backup") {
    const registered = await connectedAssets(deps, agency);
    const gone = choices.filter(({ alias }) => !registered.has(alias));
    if (gone.length > 0) {
      throw new AppError("ASSET_UNREGISTERED", "a target of the frozen order left the register", {
        problems: gone.map(({ alias }) => ({
          field: "sasaran",
          pesan: `Server di balik sasaran ${alias} tidak ada lagi di register aset. Daftarkan di Ruang kerja, Aset, lalu perintahkan lagi, atau kembalikan permohonan.`,
        })),
      });
    }
  }
  return { id: found.id, agent: found.agent };
}
