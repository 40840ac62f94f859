import type { TargetConfig } from "../config.ts";
import type { Copy, Engine, EngineIo, SideNames } from "./engine.ts";
import { copiesBeside, isFilled } from "./server-folder.ts";
import {
  dropOld,
  dropSide,
  type Keeping,
  quiesce,
  reopen,
  rollback,
  swap,
  swapState,
  withCopy,
} from "./server-keeping.ts";

type Kept = Pick<
  Engine,
  | "quiesce"
  | "reopen"
  | "swap"
  | "swapState"
  | "rollback"
  | "dropSide"
  | "presence"
  | "dropOld"
  | "leftovers"
  | "keptAs"
>;

/** What the engines of whole servers do alike, over whatever `serverOf` makes of a target. */
export function serverEngine<Server extends { readonly keeping: Keeping }>(
  serverOf: (target: TargetConfig, io: EngineIo) => Server | Promise<Server>,
) {
  const on = async <Result>(
    target: TargetConfig,
    io: EngineIo,
    act: (server: Server) => Promise<Result>,
  ): Promise<Result> => await act(await serverOf(target, io));

  /** On a server that runs over one of the copies; socket null: the server that users use. */
  const onCopy = <Result>(
    target: TargetConfig,
    copy: Copy,
    names: SideNames,
    io: EngineIo,
    act: (server: Server, socket: string | null) => Promise<Result>,
  ): Promise<Result> =>
    on(target, io, (server) =>
      withCopy(server.keeping, copy, names, io, (socket) => act(server, socket)),
    );

  const kept: Kept = {
    quiesce: (target, _names, io) => on(target, io, ({ keeping }) => quiesce(keeping, io)),
    reopen: (target, names, io) => on(target, io, ({ keeping }) => reopen(keeping, names, io)),
    swap: (target, names, io) => on(target, io, ({ keeping }) => swap(keeping, names, io)),
    swapState: (target, names, io) =>
      on(target, io, ({ keeping }) => swapState(keeping, names, io)),
    rollback: (target, names, io) => on(target, io, ({ keeping }) => rollback(keeping, names, io)),
    dropSide: (target, names, io) => on(target, io, ({ keeping }) => dropSide(keeping, names, io)),
    presence: (target, io) =>
      on(target, io, async ({ keeping }) =>
        (await isFilled(keeping.folder, io)) ? "present" : "absent",
      ),
    dropOld: (target, names, io) => on(target, io, ({ keeping }) => dropOld(keeping, names, io)),
    leftovers: (target, io) => on(target, io, ({ keeping }) => copiesBeside(keeping.folder, io)),
    keptAs: (_target, names) => `folder berakhiran .${names.old} di samping folder data`,
  };
  return { on, onCopy, kept };
}
