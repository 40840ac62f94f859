import { Command } from "commander";
import { listJobs } from "../services/jobs/list.ts";
import { stopJob } from "../services/jobs/stop.ts";
import { leaf, run } from "./run.ts";

interface Options {
  readonly json?: boolean;
}

export function jobCommand(): Command {
  const list = leaf("list", "Pekerjaan agen yang belum selesai.").action(
    async (options: Options) => {
      await run(
        options,
        async (deps) => ({ jobs: await listJobs(deps) }),
        ({ jobs }) =>
          jobs.length === 0
            ? "Tidak ada pekerjaan yang terbuka."
            : jobs
                .map(({ id, ref, action, state }) => `${id}  ${ref}  ${action}  ${state}`)
                .join("\n"),
      );
    },
  );
  const cancel = leaf("cancel", "Batalkan pekerjaan; yang sudah berjalan diminta berhenti.")
    .argument("<pekerjaan>", "id pekerjaan")
    .action(async (job: string, options: Options) => {
      await run(
        options,
        (deps) => stopJob(deps, { job, how: "cancel" }),
        ({ state }) =>
          state === "cancelled" ? "Pekerjaan dibatalkan." : "Agen diminta menghentikan pekerjaan.",
      );
    });
  const fail = leaf(
    "fail",
    "Nyatakan gagal pekerjaan yang hilang kontak; agennya tidak boleh melapor lagi.",
  )
    .argument("<pekerjaan>", "id pekerjaan")
    .action(async (job: string, options: Options) => {
      await run(
        options,
        (deps) => stopJob(deps, { job, how: "fail" }),
        () => "Pekerjaan dinyatakan gagal.",
      );
    });
  return new Command("job")
    .description("Pekerjaan agen.")
    .addCommand(list)
    .addCommand(cancel)
    .addCommand(fail);
}
