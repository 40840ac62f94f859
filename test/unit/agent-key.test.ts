import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  IDENTITY_FILE,
  KEY_FILE,
  loadIdentity,
  loadKey,
  loadOrCreateKey,
  saveIdentity,
} from "#agent/key.ts";
import { openRequest, signRequest } from "#protocol/jws.ts";
import { tempDir } from "#support/temp-dir.ts";

const HEADER = { alg: "EdDSA", kid: "a", url: "/api/agent/v1/poll", iat: 1 } as const;

describe("the agent's key", () => {
  test("is made once, readable by the agent only, and is the same ever after", async () => {
    await using dir = await tempDir();
    const data = join(dir.path, "data");
    expect(await loadKey(data)).toBeNull();
    const [one, other] = await Promise.all([loadOrCreateKey(data), loadOrCreateKey(data)]);
    const later = await loadKey(data);
    expect(other.thumbprint).toBe(one.thumbprint);
    expect(later?.thumbprint).toBe(one.thumbprint);
    expect((await stat(join(data, KEY_FILE))).mode & 0o777).toBe(0o600);
    expect((await stat(data)).mode & 0o077).toBe(0);
    const jws = await signRequest(one.privateKey, HEADER, {});
    await expect(openRequest(jws, (later ?? one).publicKey)).resolves.toMatchObject({
      payload: {},
    });
  });

  test("cannot be taken out of the process again", async () => {
    await using dir = await tempDir();
    const { privateKey, jwk } = await loadOrCreateKey(dir.path);
    expect(privateKey.extractable).toBe(false);
    expect(Object.keys(jwk).sort()).toEqual(["crv", "kty", "x"]);
  });

  test("is refused when others can read it, without quoting it", async () => {
    await using dir = await tempDir();
    await loadOrCreateKey(dir.path);
    const path = join(dir.path, KEY_FILE);
    const { d } = JSON.parse(await readFile(path, "utf8")) as { d: string };
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(path, mode);
      const error: unknown = await loadKey(dir.path).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: "INPUT_CONFIG",
        problems: [{ pesan: expect.stringContaining(`chmod 600 ${path}`) }],
      });
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(d);
    }
  });

  test("goes with the identity that enrolment wrote", async () => {
    await using dir = await tempDir();
    const { jwk } = await loadOrCreateKey(dir.path);
    expect(await loadIdentity(dir.path)).toBeNull();
    const identity = { agent: "agent-1", server: { jwk } };
    await saveIdentity(dir.path, identity);
    expect(await loadIdentity(dir.path)).toEqual(identity);
    expect((await stat(join(dir.path, IDENTITY_FILE))).mode & 0o777).toBe(0o600);
  });
});
