import { Command } from "commander";
import { AppError } from "#domain/errors.ts";
import { MailFailure } from "../mail/transport.ts";
import type { Deps } from "../services/deps.ts";
import { queueOf } from "../services/notices/queue.ts";
import { TEST_TEXT } from "../services/notices/texts.ts";
import { leaf, run } from "./run.ts";

interface Options {
  readonly json?: boolean;
  readonly ke: string;
}

export function mailCommand(): Command {
  const test = leaf("test", "Kirim surel uji lewat peladen yang diatur.")
    .requiredOption("--ke <surel>", "alamat penerima")
    .action(async (options: Options) => {
      await run(
        options,
        async (deps) => ({ sent: await sendTest(deps, options.ke) }),
        () => "Peladen surel menerima surel uji.",
      );
    });
  const queue = leaf("queue", "Pemberitahuan yang menunggu, gagal, dan sudah terkirim.").action(
    async (options: { json?: boolean }) => {
      await run(options, queueOf, ({ waiting, oldestSeconds, givenUp, sent, troubled }) =>
        [
          `Menunggu: ${waiting}${waiting > 0 ? `, terlama ${Math.round(oldestSeconds / 60)} menit` : ""}`,
          `Terkirim: ${sent}`,
          `Dihentikan setelah gagal: ${givenUp}`,
          ...troubled.map(
            ({ id, channel, attempts, error }) =>
              `  ${id}  ${channel}  ${attempts} percobaan  ${error ?? "-"}`,
          ),
        ].join("\n"),
      );
    },
  );
  return new Command("mail")
    .description("Surel dan webhook yang dikirim portal.")
    .addCommand(test)
    .addCommand(queue);
}

async function sendTest({ mail, newId }: Deps, to: string): Promise<true> {
  if (!mail) {
    throw new AppError("INPUT_CONFIG", "no mail server", {
      problems: [{ field: "PULIH_SMTP_URL", pesan: "Isi alamat peladen surel dan pengirimnya." }],
    });
  }
  try {
    await mail.send({ id: newId(), to, subject: TEST_TEXT.subject, text: TEST_TEXT.body });
    return true;
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    throw new AppError("MAIL_FAILED", error.message, {
      problems: [{ field: "peladen", pesan: `Jawaban atau galatnya: ${error.message}.` }],
      cause: error,
    });
  } finally {
    mail.close();
  }
}
