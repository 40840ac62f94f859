import { hostname } from "node:os";
import type { Command } from "commander";
import { AppError } from "#domain/errors.ts";
import { fingerprint } from "#protocol/jws.ts";
import { loadIdentity, loadOrCreateKey, saveIdentity } from "../key.ts";
import { enroll } from "../loop/client.ts";
import { configOf, leaf, print, type StandardOptions } from "./command.ts";
import { AGENT_VERSION } from "./version.ts";

export function enrollCommand(): Command {
  return leaf(
    "enroll",
    "Daftarkan agen ini ke portal dengan kode sekali pakai.",
    "pulih-agent enroll --config /etc/pulih/agen.yaml --kode ABCD-EFGH",
  )
    .requiredOption("--kode <kode>", "kode sekali pakai dari admin portal")
    .action(async (options: StandardOptions & { kode: string }) => {
      const config = await configOf(options);
      const known = await loadIdentity(config.data);
      if (known) throw new AppError("AGENT_ENROLLED", `enrolled as ${known.agent}`);
      const key = await loadOrCreateKey(config.data);
      const answer = await enroll(
        {
          portal: config.portal,
          kid: key.thumbprint,
          privateKey: key.privateKey,
          now: () => new Date(),
        },
        { code: options.kode, jwk: key.jwk, hostname: hostname(), version: AGENT_VERSION },
      );
      const mine = fingerprint(key.thumbprint);
      if (answer.fingerprint !== mine) {
        // Whoever stands between would show the admin another key than ours.
        throw new AppError("AGENT_SIGNATURE", "the portal names another key than this agent's");
      }
      await saveIdentity(config.data, { agent: answer.agent, server: answer.server });
      print(
        options,
        { agent: answer.agent, fingerprint: mine },
        [
          `Agen terdaftar dengan nama ${answer.agent} dan menunggu persetujuan.`,
          `Sidik kunci: ${mine}`,
          "Sampaikan sidik ini kepada admin portal lewat telepon atau tatap muka: admin mengetiknya untuk menyetujui agen ini.",
          "Sesudah disetujui, jalankan: pulih-agent run",
        ].join("\n"),
      );
    });
}
