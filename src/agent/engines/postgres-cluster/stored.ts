import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Cluster } from "./cluster.ts";
import { pgbackrest } from "./pgbackrest.ts";
import type { RestorePoint } from "./restore-point.ts";

const Archives = z
  .array(z.object({ archive: z.array(z.object({ id: z.string().min(1) })) }))
  .min(1);

/**
 * Whether the repository holds what pgBackRest and the server say it took: every file of the backup
 * is read back and compared with its checksum, and the WAL with the restore point lies there.
 *
 * pgBackRest ends with code 0 also where it found damage; only its words tell. The server in turn
 * believes whatever its archive_command says.
 */
export async function assertStored(
  cluster: Cluster,
  label: string,
  { segment }: RestorePoint,
): Promise<void> {
  const options = [`--set=${label}`, "--output=text", "--verbose"];
  const said = await pgbackrest(cluster, "verify", options, "ENGINE_DUMP_INCOMPLETE");
  const found = new RegExp(
    `^ *backup: ${label}, status: valid, total files checked: (\\d+), total valid files: (\\d+)$`,
    "m",
  ).exec(said);
  if (!/^status: ok$/m.test(said) || found === null || found[1] !== found[2]) {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "the repository does not hold the whole backup");
  }
  if (!(await isArchived(cluster, segment))) {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "the repository does not hold the WAL");
  }
}

async function isArchived(cluster: Cluster, segment: string): Promise<boolean> {
  const text = await pgbackrest(cluster, "info", ["--output=json"], "ENGINE_CONNECT");
  // One archive for each version that the cluster has had.
  for (const { id } of Archives.parse(JSON.parse(text))[0]?.archive ?? []) {
    const folder = `archive/${cluster.target.stanza}/${id}/${segment.slice(0, 16)}`;
    const files = await pgbackrest(
      cluster,
      "repo-ls",
      [`--filter=^${segment}-`],
      "ENGINE_CONNECT",
      [folder],
    );
    if (files.trim() !== "") return true;
  }
  return false;
}
