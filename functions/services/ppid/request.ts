import { and, eq, max } from "drizzle-orm";
import { ppidRequests } from "#db/schema/ppid.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import { requestForm } from "#domain/ppid/forms.ts";
import { type FormValues, readForm } from "#domain/workflow/form.ts";
import type { Deps } from "../deps.ts";
import { answersOf, sealContent } from "../requests/content.ts";
import { newReference, showReference } from "../requests/reference.ts";
import { trackingCode } from "../requests/tracking.ts";
import { agencyOptions } from "./agencies.ts";
import { attachmentOf } from "./attachment.ts";
import { appendPpid } from "./store.ts";

/** How often a number in the register is tried again when another request took it first. */
const ATTEMPTS = 5;

/**
 * Takes a request for information into the register. INPUT_INVALID and INPUT_FILE_* name every field
 * to mend.
 */
export async function requestInformation(
  deps: Deps,
  input: { readonly values: FormValues; readonly identity: Uint8Array<ArrayBuffer> | null },
): Promise<{ readonly ref: string; readonly code: string }> {
  const fields = requestForm(agencyOptions(deps.catalog));
  const { values, problems } = readForm(fields, input.values);
  problems.push(...contactProblems(values));
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "information form", { problems });
  const agency = deps.catalog.agencies.get(String(values["instansi"]));
  if (!agency) throw new AppError("INPUT_INVALID", "no such agency");

  const id = newReference(deps.randomBytes(16));
  const at = deps.now();
  const content = await sealContent(deps, { request: id, answers: answersOf(fields, values) });
  const identity = await attachmentOf(deps, {
    id,
    field: "identitas",
    title: "Bukti identitas",
    bytes: input.identity,
    at,
  });
  const year = Number(localDate(at, agency.calendar.offsetMinutes).slice(0, 4));
  for (let attempt = 1; ; attempt += 1) {
    const registerNumber = await nextNumber(deps, agency.id, year);
    try {
      await appendPpid(deps, {
        id,
        seen: [],
        event: { type: "requested", agency: agency.id, content: content.ref },
        at,
        also: [content.statement, ...identity.also],
        opening: { requestContent: content.ref.id, year, registerNumber },
      });
      break;
    } catch (error) {
      const taken = error instanceof AppError && error.code === "WORKFLOW_STALE";
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
  deps.log("information_requested", { request: id, agency: agency.id });
  return { ref: showReference(id), code: trackingCode(deps, id) };
}

/** The law asks for a way to answer; which one is the requester's choice. */
function contactProblems(values: FormValues): FieldProblem[] {
  if (values["surel"] !== "" || values["telepon"] !== "") return [];
  return [{ field: "surel", pesan: "Isi alamat surel atau nomor telepon." }];
}

async function nextNumber(deps: Pick<Deps, "db">, agency: string, year: number): Promise<number> {
  const [row] = await deps.db.orm
    .select({ last: max(ppidRequests.registerNumber) })
    .from(ppidRequests)
    .where(and(eq(ppidRequests.agency, agency), eq(ppidRequests.year, year)));
  return (row?.last ?? 0) + 1;
}
