/**
 * Many requests from one, for lists: rows as they would stand, with an OPD, times and a due date of
 * their own. Their events are copies that do not link, so that none of them can be opened.
 */
import { eq } from "drizzle-orm";
import { requestContents, requestEvents, requests } from "#db/schema/requests.ts";
import type { Deps } from "#functions/services/deps.ts";
import { newReference } from "#functions/services/requests/reference.ts";

const ROWS_AT_ONCE = 500;
const MINUTE = 60_000;

export interface CrowdOptions {
  /** OPD of the request at this place. */
  readonly opd?: (at: number) => string;
  /** When it is due, in minutes from the original's due date. */
  readonly dueIn?: (at: number) => number;
  /** How long before the original it was submitted, in minutes. */
  readonly before?: (at: number) => number;
  readonly status?: (at: number) => (typeof requests.$inferSelect)["status"];
}

export async function multiply(
  deps: Pick<Deps, "db">,
  ref: string,
  count: number,
  options: CrowdOptions = {},
): Promise<void> {
  const { orm, write } = deps.db;
  const id = ref.replaceAll("-", "");
  const [row] = await orm.select().from(requests).where(eq(requests.id, id));
  const contents = await orm.select().from(requestContents).where(eq(requestContents.request, id));
  const events = await orm.select().from(requestEvents).where(eq(requestEvents.stream, id));
  const content = contents.find((one) => one.id === row?.submissionContent);
  if (!row || !content) throw new Error(`no request ${ref}`);
  const moved = (iso: string, minutes: number): string =>
    new Date(Date.parse(iso) + minutes * MINUTE).toISOString();
  const opdOf = options.opd ?? ((at: number) => `CONTOH OPD ${at}`);
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const places = Array.from(
      { length: Math.min(ROWS_AT_ONCE, count - from) },
      (_, at) => from + at,
    );
    const made = places.map((at) => {
      const name = newReference(seedOf(at));
      const answers = JSON.parse(content.json) as { answers: { name: string; value: string }[] };
      for (const answer of answers.answers) if (answer.name === "opd") answer.value = opdOf(at);
      const submittedAt = moved(row.submittedAt, -(options.before?.(at) ?? at + 1));
      const status = options.status?.(at) ?? row.status;
      return {
        row: {
          ...row,
          id: name,
          status,
          act: status === "active" ? row.act : null,
          step: status === "active" ? row.step : null,
          closedAt: status === "active" ? null : submittedAt,
          submissionContent: `${content.id}-${at}`,
          submittedAt,
          dueAt: row.dueAt && moved(row.dueAt, options.dueIn?.(at) ?? 0),
        },
        content: {
          ...content,
          id: `${content.id}-${at}`,
          request: name,
          json: JSON.stringify(answers),
          fingerprint: null,
        },
        events: events.map((event) => ({ ...event, stream: name })),
      };
    });
    await write([
      orm.insert(requests).values(made.map((one) => one.row)),
      orm.insert(requestContents).values(made.map((one) => one.content)),
      orm.insert(requestEvents).values(made.flatMap((one) => one.events)),
    ]);
  }
}

/** A different, well-formed reference for every place. */
function seedOf(at: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const digits = [
    at % 20,
    Math.floor(at / 20) % 20,
    Math.floor(at / 400) % 8,
    Math.floor(at / 3_200) % 20,
  ];
  for (const [index, digit] of digits.entries()) bytes[2 * index + 1] = digit;
  return bytes;
}
