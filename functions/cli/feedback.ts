import { Command } from "commander";
import { dateText } from "#domain/indonesian.ts";
import { deleteFeedback } from "../services/feedback/delete.ts";
import { type FeedbackEntry, listFeedback } from "../services/feedback/list.ts";
import { tallyFeedback } from "../services/feedback/tally.ts";
import { leaf, run } from "./run.ts";

interface Options {
  readonly json?: boolean;
  readonly sejak?: string;
  readonly halaman?: string;
}

const NONE = "Belum ada umpan balik.";

export function feedbackCommand(): Command {
  const list = filtered("list", "Umpan balik pembaca, hari terbaru dahulu.").action(
    async (options: Options) => {
      await run(
        options,
        async (deps) => ({ entries: await listFeedback(deps, filterOf(options)) }),
        ({ entries }) => (entries.length === 0 ? NONE : entries.map(shown).join("\n")),
      );
    },
  );
  const tally = filtered("tally", "Jumlah Ya dan Tidak setiap halaman.").action(
    async (options: Options) => {
      await run(
        options,
        async (deps) => ({ pages: await tallyFeedback(deps, filterOf(options)) }),
        ({ pages }) =>
          pages.length === 0
            ? NONE
            : pages
                .map(
                  ({ path, yes, no, comments }) =>
                    `${path}  ya ${yes}  tidak ${no}  saran ${comments}`,
                )
                .join("\n"),
      );
    },
  );
  const remove = leaf(
    "delete",
    "Hapus satu umpan balik untuk seterusnya, mis. yang memuat data pribadi.",
  )
    .argument("<id>", "id pada daftar")
    .action(async (id: string, options: Options) => {
      await run(
        options,
        (deps) => deleteFeedback(deps, { id }),
        () => "Umpan balik dihapus.",
      );
    });
  return new Command("feedback")
    .description("Umpan balik pembaca halaman.")
    .addCommand(list)
    .addCommand(tally)
    .addCommand(remove);
}

function filtered(name: string, description: string): Command {
  return leaf(name, description)
    .option("--sejak <tanggal>", "TTTT-BB-HH, termasuk hari itu")
    .option("--halaman <alamat>", "hanya halaman ini, mis. /panduan/pemohon/");
}

function filterOf({ sejak, halaman }: Options) {
  return { since: sejak, path: halaman };
}

function shown({ id, day, path, helpful, comment }: FeedbackEntry): string {
  const head = `${id}  ${dateText(day)}  ${helpful ? "ya" : "tidak"}  ${path}`;
  return comment === null ? head : `${head}\n    ${comment.replaceAll("\n", "\n    ")}`;
}
