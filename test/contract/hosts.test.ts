import { describe, expect, it } from "vitest";
import type { Running } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";
import type { SshPlace } from "#agent/ssh/connect.ts";
import { sshHost } from "#agent/ssh/host.ts";
import { eventually } from "#support/eventually.ts";
import { isAlive } from "#support/proc.ts";
import { type Sshd, startSshd } from "#support/sshd.ts";
import { startTcpProxy } from "#support/tcp-proxy.ts";
import { shows } from "../fault/faults.ts";
import { hostSuite } from "./host-suite.ts";

const quick = { graceMs: 300, outputWaitMs: 500 };

hostSuite("local", "agent", async () => {
  const host = localHost(quick);
  return { host, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
});

hostSuite("ssh", "ssh", async () => {
  const sshd = await startSshd();
  const host = await sshHost(placeOf(sshd), quick);
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
    },
  };
});

describe("ssh connection", () => {
  it.each([
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ",
  ])(
    "refuses a server that shows another key than %s",
    { tags: shows("ssh", 23) },
    async (kunciHost) => {
      await using sshd = await startSshd();
      await expect(sshHost({ ...placeOf(sshd), kunciHost })).rejects.toMatchObject({
        code: "SSH_HOST_KEY",
      });
    },
  );

  it("says SSH_CONNECT for a stranger, a closed port, a missing key and an abort", async () => {
    await using sshd = await startSshd();
    const place = placeOf(sshd);
    const wrong: SshPlace[] = [
      { ...place, pengguna: "nobody" },
      { ...place, port: 1 },
      { ...place, berkasKunci: "/nonexistent" },
      { ...place, berkasKunci: "/etc/passwd" },
    ];
    for (const one of wrong) {
      await expect(sshHost(one)).rejects.toMatchObject({ code: "SSH_CONNECT" });
    }
    await expect(sshHost(place, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "SSH_CONNECT",
    });
  });

  it("tells a lost connection from a program's end, and the server kills the program", {
    tags: shows("ssh", 22),
  }, async () => {
    await using sshd = await startSshd();
    await using proxy = await startTcpProxy(sshd);
    await using host = await sshHost({ ...placeOf(sshd), port: proxy.port }, quick);
    const running = await host.spawn(["sh", "-c", "echo $$; exec sleep 60"], { stdout: "lines" });
    const pid = Number(await firstLine(running));
    proxy.cut();
    expect(await running.exit).toMatchObject({ code: null, signal: "CONNECTION_LOST" });
    await eventually("the program is gone", () => !isAlive(pid));
    await expect(host.run(["true"])).rejects.toMatchObject({ code: "SSH_CONNECT" });
  });
});

function placeOf(sshd: Sshd): SshPlace {
  return {
    jenis: "ssh",
    host: sshd.host,
    port: sshd.port,
    pengguna: sshd.user,
    berkasKunci: sshd.keyFile,
    kunciHost: sshd.hostKey,
  };
}

async function firstLine(running: Running): Promise<string> {
  for await (const line of running.lines) return line;
  throw new Error("no line came");
}
