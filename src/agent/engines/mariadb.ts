import type { ContentDigest } from "#protocol/manifest.ts";
import type { Copy, Engine, EngineIo, SideNames } from "./engine.ts";
import { answerIn } from "./mariadb/answer.ts";
import { checkIn } from "./mariadb/check-physically.ts";
import { compare } from "./mariadb/compare.ts";
import { connect, type MariadbTarget, own, schemasOf } from "./mariadb/connect.ts";
import { dropOld, leftovers, presence } from "./mariadb/copies.ts";
import { digestOf } from "./mariadb/digest.ts";
import { dump } from "./mariadb/dump.ts";
import { heldSnapshot } from "./mariadb/hold.ts";
import { inspect } from "./mariadb/inspect.ts";
import { loadSide } from "./mariadb/load.ts";
import { preflight } from "./mariadb/preflight.ts";
import { dropSide, quiesce, reopen, rollback, swap, swapState } from "./mariadb/swap.ts";

/** One schema of a MariaDB server, dumped by mariadb-dump and restored beside the live one. */
export const mariadb: Engine = {
  id: "mariadb",
  inspect: (target, io) => inspect(own(target), io),
  dump: (target, fd, io) => dump(own(target), fd, io),
  preflight: (target, manifest, io) => preflight(own(target), manifest, io),
  loadSide: (target, names, manifest, fd, io) => loadSide(own(target), names, manifest, fd, io),
  digest: (target, copy, names, io) => digest(own(target), copy, names, io),
  quiesce: (target, names, io) => quiesce(own(target), names, io),
  reopen: (target, names) => reopen(own(target), names),
  swap: (target, names, io) => swap(own(target), names, io),
  swapState: (target, names, io) => swapState(own(target), names, io),
  rollback: (target, names, io) => rollback(own(target), names, io),
  dropSide: (target, names, io) => dropSide(own(target), names, io),
  presence: (target, io) => presence(own(target), io),
  compare: (target, names, io) => compare(own(target), names, io),
  checkPhysically: (target, copy, names, io) =>
    checkIn(own(target), schemasOf(own(target), names)[copy], io),
  answer: (target, copy, names, statement, io) =>
    answerIn(own(target), schemasOf(own(target), names)[copy], statement, io),
  dropOld: (target, names, io) => dropOld(own(target), names, io),
  leftovers: (target, io) => leftovers(own(target), io),
  keptAs: (target, names) => `skema ${schemasOf(own(target), names).old}`,
};

async function digest(
  target: MariadbTarget,
  copy: Copy,
  names: SideNames,
  io: EngineIo,
): Promise<ContentDigest> {
  const schema = schemasOf(target, names)[copy];
  const held = copy === "live" ? heldSnapshot(target, names) : null;
  if (held !== null) return (await digestOf(held, schema)).content;
  await using session = await connect(target, io);
  await session.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await session.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  return (await digestOf(session, schema)).content;
}
