import { createInterface } from "node:readline/promises";
import { AppError } from "#domain/errors.ts";

export interface Question {
  /** Name of the argument or option, for people who answer without a terminal. */
  readonly field: string;
  readonly text: string;
  /** What is taken when the answer is empty. */
  readonly preset?: string;
  /** What is wrong with an answer and what to write; null = nothing. */
  readonly judge: (answer: string) => string | null;
}

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Where questions can be put to a person; null in a script. */
export function terminal(): Terminal | null {
  return process.stdin.isTTY && process.stderr.isTTY
    ? { input: process.stdin, output: process.stderr }
    : null;
}

/**
 * The answers in order of the questions: those given, and the others asked for. Throws INPUT_INVALID
 * with every field to mend where nobody can be asked.
 */
export async function answersTo(
  questions: readonly Question[],
  given: readonly (string | undefined)[],
  place: Terminal | null,
): Promise<string[]> {
  const answers = questions.map(
    (question, at) => given[at]?.trim() ?? (place ? undefined : question.preset),
  );
  const problems = questions.flatMap((question, at) => {
    const answer = answers[at];
    if (answer === undefined) {
      return place ? [] : [{ field: question.field, pesan: `Wajib ada. ${question.text}.` }];
    }
    const pesan = question.judge(answer);
    return pesan === null ? [] : [{ field: question.field, pesan }];
  });
  if (problems.length > 0) {
    throw new AppError("INPUT_INVALID", problems.map(({ field }) => field).join(", "), {
      problems,
    });
  }
  if (place === null || answers.every((answer) => answer !== undefined)) {
    return answers.filter((answer) => answer !== undefined);
  }
  const lines = createInterface(place);
  // A question alone would lose the lines that came before it was put.
  const typed = lines[Symbol.asyncIterator]();
  // Lines typed ahead outlive the input they came by.
  let ended = false;
  lines.once("close", () => {
    ended = true;
  });
  const next = async (prompt: string): Promise<string> => {
    if (ended) place.output.write(prompt);
    else {
      lines.setPrompt(prompt);
      lines.prompt();
    }
    const { done, value } = await typed.next();
    if (done) throw new AppError("INPUT_INVALID", "the questions were not answered");
    return value.trim();
  };
  try {
    const asked: string[] = [];
    for (const [at, question] of questions.entries()) {
      asked.push(answers[at] ?? (await ask(question, place, next)));
    }
    return asked;
  } finally {
    lines.close();
  }
}

async function ask(
  { text, preset, judge }: Question,
  { output }: Terminal,
  next: (prompt: string) => Promise<string>,
): Promise<string> {
  const prompt = `${text}${preset === undefined ? "" : ` [${preset}]`}: `;
  for (;;) {
    const written = await next(prompt);
    const answer = written === "" ? (preset ?? "") : written;
    const wrong = judge(answer);
    if (wrong === null) return answer;
    output.write(`  ${wrong}\n`);
  }
}
