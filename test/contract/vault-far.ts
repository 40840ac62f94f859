/** What must hold of every vault that is reached by a network: its door, and its loss in the middle. */
import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { eventually } from "#support/eventually.ts";
import { drain, type Fixture, putBytes, sizeOf, type VaultSuite } from "./vault-fixture.ts";

const SIZE_20_MB = 20_000_000;

export function farTests(suite: VaultSuite, start: () => Promise<Fixture>): void {
  it("tells apart a door that does not let it in", async () => {
    await using fixture = await start();
    const receipt = await putBytes(fixture, randomBytes(1000));
    const stranger = await fixture.backend.withStranger?.(fixture.config, fixture.dir);
    if (stranger === undefined) throw new Error("this place has no door");
    const vault = fixture.reopen(stranger);
    await expect(vault.prepare()).rejects.toMatchObject({
      code: expect.stringMatching(suite.refusal),
    });
    await expect(vault.verify(receipt)).rejects.toMatchObject({
      code: expect.stringMatching(suite.refusal),
    });
  });

  it("leaves nothing whole behind when its store is lost in the middle", async () => {
    await using fixture = await start();
    const before = await sizeOf(fixture.backend.root);
    const vault = fixture.reopen(fixture.config, undefined, { tidyMs: 1_000 });
    const writer = await vault.put({ backup: "b" });
    const producer = await fixture.host.spawn(["cat", "/dev/urandom"], {
      stdout: { fd: writer.fd },
    });
    await eventually(
      "bytes are stored",
      async () => (await sizeOf(fixture.backend.root)) > before + 9_000_000,
    );
    {
      using _lost = losing(fixture);
      await writer.abort();
    }
    expect((await producer.exit).code).toBeNull();
    expect(await suite.streams(fixture)).toEqual([]);

    const receipt = await putBytes(fixture, randomBytes(SIZE_20_MB));
    const reader = await vault.get(receipt);
    const own = openSync(`/proc/self/fd/${reader.fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
    {
      using _lost = losing(fixture);
      await eventually("some came or it failed", () => drain(own) === "open");
      await reader.close();
    }
    expect(drain(own)).toBe("open");
    closeSync(own);
    expect(await fixture.vault.verify(receipt)).toMatchObject({ bytes: SIZE_20_MB });
  });
}

/** No connection lives long until the end of the block, also where the test was given up before it. */
function losing({ backend }: Fixture): Disposable {
  const cutting = setInterval(() => backend.cut?.(), 20);
  const stop = (): void => clearInterval(cutting);
  onTestFinished(stop);
  return { [Symbol.dispose]: stop };
}
