import { expect, it } from "vitest";
import { openPipe } from "#agent/process/pipe.ts";
import { sshHost } from "#agent/ssh/host.ts";
import { eventually } from "#support/eventually.ts";
import { isAlive } from "#support/proc.ts";
import { startSshd } from "#support/sshd.ts";
import { startTcpProxy } from "#support/tcp-proxy.ts";
import { shows } from "./faults.ts";

it("notices a half-open connection by itself, and never calls what came through it whole", {
  tags: shows("ssh", 22),
}, async () => {
  await using sshd = await startSshd();
  await using proxy = await startTcpProxy(sshd);
  await using host = await sshHost(
    {
      jenis: "ssh",
      host: "127.0.0.1",
      port: proxy.port,
      pengguna: sshd.user,
      berkasKunci: sshd.keyFile,
      kunciHost: sshd.hostKey,
    },
    { keepaliveMs: 200, graceMs: 300, outputWaitMs: 300 },
  );
  const pipe = await openPipe();
  const talker = await host.spawn(["sh", "-c", "echo $$; exec sleep 60"], { stdout: "lines" });
  const dump = await host.spawn(["sh", "-c", "printf begin; exec sleep 60"], {
    stdout: { fd: pipe.writeFd },
  });
  let pid = 0;
  for await (const line of talker.lines) {
    pid = Number(line);
    break;
  }
  proxy.swallow();
  for (const running of [talker, dump]) {
    expect(await running.exit).toMatchObject({ code: null, signal: "CONNECTION_LOST" });
  }
  await expect(host.run(["true"])).rejects.toMatchObject({ code: "SSH_CONNECT" });
  // The server learns it when its side ends, and kills what it ran.
  expect(isAlive(pid)).toBe(true);
  proxy.cut();
  await eventually("the program is gone", () => !isAlive(pid));
  pipe.closeRead();
  pipe.closeWrite();
});
