/**
 * An agent that is killed (SIGKILL, by itself) when its stream is stored and its manifest is not:
 *   node stranded-agent.ts <folder of the agent> <folder of the application> <kind of the vault>
 */
import { runBackup } from "#agent/backup/run-backup.ts";
import { smallApplication } from "#support/small-application.ts";
import type { VaultKinds } from "#support/vaults.ts";
import { workContext } from "#support/work-context.ts";

const [dir = "", folder = "", vaultKind = "objects"] = process.argv.slice(2);
const app = await smallApplication(folder);
const one = await workContext({
  dir,
  targets: app.targets,
  vaultKind: vaultKind as VaultKinds,
  vault: (vault) => ({
    ...vault,
    putManifest: async () => {
      process.kill(process.pid, "SIGKILL");
    },
  }),
});
await runBackup(one.ctx, one.work({ job: "job-mati" }), "basis-data", "backup");
