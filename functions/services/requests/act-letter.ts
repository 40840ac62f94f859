import type { Letter } from "#domain/letters/letter.ts";
import { letterTask } from "#domain/letters/task.ts";
import { nextAct, roleOf } from "#domain/sop/navigate.ts";
import type { DocumentKind, SopAct } from "#domain/sop/schema.ts";
import type { Actor } from "#domain/workflow/types.ts";
import type { SignerIdentity } from "../../signing/signer.ts";
import type { Ctx, Deps } from "../deps.ts";
import { composeLetter } from "../documents/compose-letter.ts";
import { identityOf } from "../documents/letter-signer.ts";
import { activitiesOf, attachmentsOf, chainOf, letterOf } from "../documents/of-request.ts";
import type { OpenedRequest } from "./access.ts";
import { type Answer, answerOf } from "./content.ts";
import { proofOf } from "./evidence.ts";
import { statedBy } from "./stated.ts";

/** The letter an act leaves behind, before it is numbered; null where the SOP asks for none. */
export interface ActLetter {
  readonly letter: Letter;
  /** Who signs it in this act; null: it is only initialled, or the pemohon's own. */
  readonly identity: SignerIdentity | null;
}

export async function letterOfAct(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
  input: {
    readonly act: SopAct;
    readonly by: Actor;
    readonly answers: readonly Answer[];
    readonly at: Date;
  },
): Promise<ActLetter | null> {
  const { act, by, answers, at } = input;
  const task = letterTask(opened.running.sop, act);
  if (!task) return null;
  const requester = await requesterAnswers(deps, opened);
  if (by.capacity === "pemohon") {
    return { letter: await ofRequester(deps, opened, task.kind, input, requester), identity: null };
  }
  const identity = await identityOf(deps, ctx, opened.row.agency, by);
  if (task.does === "endorse") {
    const made = await letterOf(deps, opened, task.madeBy);
    return made && { letter: endorsed(made, identity, answers, at), identity };
  }
  const { evidence, conclusion } = await proofOf(deps, opened);
  const letter = composeLetter(deps, {
    request: opened.row.id,
    running: opened.running,
    kind: task.kind,
    at,
    from: `${identity.name}, ${identity.title}`,
    to: recipients(opened, act, requester),
    answers,
    evidence: PROVES.has(task.kind) ? evidence : [],
    attachments: await attachmentsOf(deps, opened.row.id, act.lampiran),
    signer: printedSigner(identity),
    submission: { answers: requester, at: new Date(opened.row.submittedAt) },
    chain: task.kind === "disposisi" ? await chainOf(deps, opened) : [],
    activities: task.kind === "laporan" ? await activitiesOf(deps, opened) : [],
    conclusion: CONCLUDES.has(task.kind) ? conclusion : null,
  });
  return task.does === "sign"
    ? { letter, identity }
    : {
        letter: { ...letter, state: "diparaf", signer: null, initials: [printedSigner(identity)] },
        identity: null,
      };
}

const PROVES: ReadonlySet<DocumentKind> = new Set(["laporan", "berita-acara"]);
const CONCLUDES: ReadonlySet<DocumentKind> = new Set([
  "laporan",
  "surat-pemberitahuan",
  "berita-acara",
]);

export function printedSigner({ title, name, rank, nip }: SignerIdentity) {
  return { title, name, rank, nip };
}

export async function requesterAnswers(
  deps: Pick<Deps, "db">,
  { row, events }: Pick<OpenedRequest, "row" | "events">,
): Promise<readonly Answer[]> {
  return statedBy(deps, { row, events });
}

/** What its maker initialled, with the signature of whoever approves it. */
function endorsed(
  made: Letter,
  identity: SignerIdentity,
  answers: readonly Answer[],
  at: Date,
): Letter {
  return {
    ...made,
    at: at.toISOString(),
    from: `${identity.name}, ${identity.title}`,
    signer: printedSigner(identity),
    rows: [...made.rows, ...answers],
  };
}

/** Nobody signs for the pemohon: their letter is as it is. */
async function ofRequester(
  deps: Deps,
  opened: OpenedRequest,
  kind: DocumentKind,
  {
    act,
    answers,
    at,
  }: { readonly act: SopAct; readonly answers: readonly Answer[]; readonly at: Date },
  requester: readonly Answer[],
): Promise<Letter> {
  const [name, opd] = [answerOf(requester, "nama") ?? "", answerOf(requester, "opd") ?? ""];
  return composeLetter(deps, {
    request: opened.row.id,
    running: opened.running,
    kind,
    at,
    from: [name, opd].filter(Boolean).join(", "),
    to: recipients(opened, act, requester),
    answers: kind === "surat-permohonan" ? [...requester, ...answers] : answers,
    evidence: [],
    attachments: await attachmentsOf(deps, opened.row.id, act.lampiran),
    signer: { title: opd, name, rank: null, nip: null },
    submission: { answers: requester, at: new Date(opened.row.submittedAt) },
  });
}

/** The roles the act names; else the pemohon for a notification, else whoever acts next. */
function recipients(
  { running: { sop } }: OpenedRequest,
  act: SopAct,
  requester: readonly Answer[],
): string[] {
  if (act.kepada.length > 0) return act.kepada.map((role) => roleOf(sop, role).judul);
  const next = nextAct(sop, act.id);
  if (act.dokumen === "surat-pemberitahuan" || (next && roleOf(sop, next.oleh).pemohon)) {
    return [answerOf(requester, "opd") ?? "Pemohon"];
  }
  return next ? [roleOf(sop, next.oleh).judul] : [];
}
