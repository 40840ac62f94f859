/** Acts of endurance-actions.ts as steps of a run, each where it is possible, in any order. */
import fc from "fast-check";
import {
  type Act,
  backup,
  calendar,
  clock,
  damage,
  drill,
  drop,
  killedFollowUp,
  killedRestore,
  killedWork,
  lose,
  preview,
  restore,
  retention,
  rollback,
  usable,
  write,
} from "./endurance-actions.ts";
import {
  ALIASES,
  type Alias,
  assertAsModelled,
  type Model,
  type World,
} from "./endurance-world.ts";

export type Step = fc.AsyncCommand<Model, World, true>;

/** So many points to be killed at has work on both targets; see mortal-agent.ts. */
const POINTS = { backup: 64, drill: 46, restore: 128, rollback: 105, drop: 22 } as const;

/** Every action, with what it needs to be possible. */
export function anyStep(): fc.Arbitrary<Step>[] {
  const alias = fc.constantFrom(...ALIASES);
  const pick = fc.nat(999);
  return [
    fc
      .tuple(alias, fc.nat(5), fc.option(fc.string({ maxLength: 40 })))
      .map(([of, key, text]) => step(`write ${of} k${key}`, isThere(of), write(of, key, text))),
    alias.map((of) => step(`lose ${of}`, isThere(of), lose(of))),
    alias.map((of) => step(`backup ${of}`, isThere(of), backup(of))),
    fc.integer({ min: 1, max: 4 }).map((days) => step(`calendar +${days}`, always, calendar(days))),
    fc.integer({ min: -5, max: 45 }).map((days) => step(`clock ${days}`, always, clock(days))),
    alias.map((of) => step(`drill ${of}`, hasUsable(of), drill(of))),
    fc.tuple(alias, pick).map(([of, at]) => step(`preview ${of}`, hasUsable(of), preview(of, at))),
    fc
      .tuple(wanted(), pick, fc.option(fc.nat(1)))
      .map(([of, at, lost]) =>
        step(`restore ${of} ${at} lease ${lost}`, hasUsable(...of), restore(of, at, lost)),
      ),
    pick.map((at) => step(`rollback ${at}`, hasKept, rollback(at))),
    pick.map((at) => step(`drop ${at}`, hasKept, drop(at))),
    fc.constant(step("retain", hasAny, retention)),
    fc
      .tuple(pick, fc.nat(), fc.constantFrom("check", "drill", "restore" as const))
      .map(([at, byte, how]) =>
        step(`damage ${at} ${byte} ${how}`, hasSpare, damage(at, byte, how)),
      ),
    fc
      .tuple(fc.constantFrom("backup", "drill" as const), pick)
      .map(([what, point]) =>
        step(
          `kill ${what} at ${pointOf(what, point)}`,
          killable(what),
          killedWork(what, pointOf(what, point)),
        ),
      ),
    fc
      .tuple(wanted(), pick, pick)
      .map(([of, at, point]) =>
        step(
          `kill restore ${of} ${at} at ${pointOf("restore", point)}`,
          (model) => isWhole(model) && hasUsable(...of)(model),
          killedRestore(of, at, pointOf("restore", point)),
        ),
      ),
    fc
      .tuple(fc.constantFrom("rollback", "drop" as const), pick, pick)
      .map(([what, at, point]) =>
        step(
          `kill ${what} ${at} at ${pointOf(what, point)}`,
          (model) => isWhole(model) && hasKept(model),
          killedFollowUp(what, at, pointOf(what, point)),
        ),
      ),
  ];
}

/** One of all points of a work; where that has fewer, since it is of one target, it may end well. */
function pointOf(what: keyof typeof POINTS, at: number): number {
  return 1 + Math.floor((at * POINTS[what]) / 1_000);
}

/** One target or both. */
function wanted(): fc.Arbitrary<readonly Alias[]> {
  return fc.subarray([...ALIASES], { minLength: 1 });
}

function step(name: string, check: (model: Model) => boolean, act: Act): Step {
  return {
    check: async (model) => check(model as Model),
    async run(model, world) {
      model.actions += 1;
      await act(model, world);
      await assertAsModelled(world, model);
    },
    toString: () => name,
  };
}

const always = (): boolean => true;
const isThere =
  (of: Alias) =>
  (model: Model): boolean =>
    model.live[of] !== null;
const isWhole = (model: Model): boolean => ALIASES.every((of) => model.live[of] !== null);
const hasUsable =
  (...of: readonly Alias[]) =>
  (model: Model): boolean =>
    of.every((one) => usable(model, one).length > 0);
const hasAny = (model: Readonly<Model>): boolean => model.backups.length > 0;
/** Something is left to restore from once one is damaged. */
const hasSpare = (model: Readonly<Model>): boolean =>
  ALIASES.some((of) => usable(model, of).length > 1);
const hasKept = ({ kept, live }: Readonly<Model>): boolean =>
  kept.some(({ aliases }) => aliases.every((of) => live[of] !== null));
const killable = (what: "backup" | "drill") => (model: Model) =>
  isWhole(model) && (what === "backup" || hasUsable(...ALIASES)(model));
