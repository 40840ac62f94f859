import { expect, it } from "vitest";
import type { Completed } from "#agent/process/host.ts";
import type { Restic } from "#agent/vault/restic-command.ts";
import { assertOpenForBackups } from "#agent/vault/restic-lock.ts";

/** restic where a lock is listed once, and cannot be read because its owner has taken it away. */
function whereALockWent(): Restic & { readonly looks: string[] } {
  const looks: string[] = [];
  const ended = (code: number | null, stdout = ""): Completed => ({
    ...{ code, stdout, stderr: "", signal: code === null ? "TIMEOUT" : null },
  });
  const run: Restic["run"] = ([command = ""], { timeoutMs } = {}) => {
    looks.push(command);
    if (command === "list") {
      const isFirst = looks.length === 1;
      return Promise.resolve(ended(0, isFirst ? "a".repeat(64) : ""));
    }
    // It asks on and on, unless somebody ends it.
    return timeoutMs === undefined ? new Promise(() => {}) : Promise.resolve(ended(null));
  };
  return {
    looks,
    run,
    once: run,
    tidy: async () => {},
    spawn: () => Promise.reject(new Error("nothing is to be stored")),
    whileLocked: async (attempt) => {
      while (!(await attempt()));
    },
  };
}

it("looks again instead of waiting for a lock that went away since it was listed", async () => {
  const restic = whereALockWent();
  await assertOpenForBackups(restic, "rest:https://gudang.contoh/");
  expect(restic.looks).toEqual(["list", "cat", "list"]);
});
