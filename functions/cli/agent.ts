import { Command } from "commander";
import { approveAgent } from "../services/agents/approve.ts";
import { createCode } from "../services/agents/create-code.ts";
import { releaseAgent } from "../services/agents/hold.ts";
import { listAgents } from "../services/agents/list.ts";
import { revokeAgent } from "../services/agents/revoke.ts";
import { leaf, run } from "./run.ts";

interface Options {
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function agentCommand(): Command {
  const code = leaf("code", "Buat kode pendaftaran sekali pakai, berlaku satu jam.")
    .option(
      "--instansi <id>",
      "instansi yang dilayani agen; dapat diulang; tanpa ini semua instansi portal",
      collect,
      [],
    )
    .action(async (options: Options & { instansi: readonly string[] }) => {
      await run(
        options,
        (deps) => createCode(deps, { agencies: options.instansi }),
        (answer) =>
          `Kode (hanya tampil sekali): ${answer.code}\nUntuk: ${answer.agencies.join(", ")}\nBerlaku sampai: ${answer.expiresAt}`,
      );
    });
  const list = leaf("list", "Daftar agen.").action(async (options: Options) => {
    await run(
      options,
      async (deps) => ({ agents: await listAgents(deps) }),
      ({ agents }) =>
        agents.length === 0
          ? "Belum ada agen. Buat kode dengan: pulih agent code"
          : agents
              .map(
                ({ id, status, hostname, fingerprint, targets }) =>
                  `${id}  ${STATUS[status] ?? status}  ${hostname}  ${fingerprint}  ${targets} sasaran`,
              )
              .join("\n"),
    );
  });
  const approve = leaf("approve", "Setujui agen sesudah sidik kuncinya dicocokkan.")
    .argument("<agen>", "id agen")
    .requiredOption("--sidik <sidik>", "sidik kunci seperti tampil di layar agen")
    .action(async (agent: string, options: Options & { sidik: string }) => {
      await run(
        options,
        (deps) => approveAgent(deps, { agent, fingerprint: options.sidik }),
        () => "Agen disetujui.",
      );
    });
  const release = leaf(
    "release",
    "Lepaskan agen yang ditahan, sesudah hanya satu program yang memakai kuncinya.",
  )
    .argument("<agen>", "id agen")
    .action(async (agent: string, options: Options) => {
      await run(
        options,
        (deps) => releaseAgent(deps, { agent }),
        () => "Agen dilepaskan dan dapat bekerja lagi.",
      );
    });
  const revoke = leaf("revoke", "Cabut agen untuk seterusnya.")
    .argument("<agen>", "id agen")
    .action(async (agent: string, options: Options) => {
      await run(
        options,
        (deps) => revokeAgent(deps, { agent }),
        () => "Agen dicabut.",
      );
    });
  return new Command("agent")
    .description("Agen di pusat data.")
    .addCommand(code)
    .addCommand(list)
    .addCommand(approve)
    .addCommand(release)
    .addCommand(revoke);
}

const STATUS: Readonly<Record<string, string>> = {
  pending: "menunggu persetujuan",
  approved: "disetujui",
  held: "ditahan: dua program memakai kuncinya",
  revoked: "dicabut",
};
