import { AppError } from "#domain/errors.ts";
import type { Host } from "../process/host.ts";
import { type FolderIo, must, type Owner } from "./server-folder.ts";

/** The account that owns a server's data. ENGINE_UNSUPPORTED where the agent cannot act as it. */
export async function ownerNamed(name: string, io: FolderIo): Promise<Owner> {
  const id = async (...argv: string[]) =>
    (await must(io, "ENGINE_CONNECT", ["id", ...argv])).trim();
  const self = await id("-u");
  const uid = await id("-u", name);
  if (self !== uid && self !== "0") {
    throw new AppError("ENGINE_UNSUPPORTED", "the agent is neither root nor the data's owner");
  }
  return { uid, gid: await id("-g", name), isSelf: self === uid };
}

/**
 * The same host, on which every program runs as the data's owner. Changing the account clears the
 * leash that ends a program with the agent, so it is put on again.
 */
export function hostOf(owner: Owner, host: Host): Host {
  if (owner.isSelf) return host;
  const as = [
    ...["setpriv", `--reuid=${owner.uid}`, `--regid=${owner.gid}`, "--init-groups"],
    ...["--pdeathsig", "KILL", "--"],
  ];
  return {
    kind: host.kind,
    run: (argv, options) => host.run([...as, ...argv], options),
    spawn: (argv, options) => host.spawn([...as, ...argv], options),
    // The connection is of whoever opened it.
    [Symbol.asyncDispose]: async () => {},
  };
}
