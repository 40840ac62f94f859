import { eq } from "drizzle-orm";
import { positionHolders } from "#db/schema/people.ts";
import { AppError } from "#domain/errors.ts";
import { approveAgent } from "../agents/approve.ts";
import { createCode } from "../agents/create-code.ts";
import { releaseAgent } from "../agents/hold.ts";
import { revokeAgent } from "../agents/revoke.ts";
import type { Deps } from "../deps.ts";
import { logged } from "../people/admin-log.ts";
import { assignPosition } from "../people/assign-position.ts";
import { correctPosition } from "../people/correct-position.ts";
import { createUser } from "../people/create-user.ts";
import { deactivatePerson, reactivatePerson } from "../people/deactivate.ts";
import { endPosition } from "../people/end-position.ts";
import { grantAdmin, revokeAdmin } from "../people/grant-admin.ts";
import { issueRecovery } from "../people/recover.ts";
import type { Viewer } from "../services.ts";
import { setSigner } from "../signing/set-signer.ts";
import { agencyViews } from "./agencies.ts";
import { agentViews } from "./agents.ts";
import { holdingViews } from "./holdings.ts";
import { adminOverview } from "./overview.ts";
import { listPeople, personPage } from "./people.ts";
import { postsPage } from "./posts.ts";
import { requireAdmin } from "./require-admin.ts";
import { targetViews } from "./targets.ts";

type Asking = Viewer | null;

export interface HoldingForm {
  readonly capacity: string;
  readonly since: string;
  readonly until: string | null;
  readonly decree: string;
}

/** What an admin may see and do; every verb asks first whether it is an admin. */
export function createAdmin(deps: Deps) {
  const emailOf = async (id: string): Promise<string> =>
    (await listPeople(deps, "")).find((person) => person.id === id)?.email ?? "";
  const hostOf = async (id: string): Promise<string> =>
    (await agentViews(deps)).find((agent) => agent.id === id)?.hostname ?? id;
  /** An act by another service, with its line in the log. */
  const noted = (
    by: string,
    act: "agent_code_made" | "agent_approved" | "agent_released" | "agent_revoked",
    detail: Record<string, string>,
  ) => deps.db.write([logged(deps, { by, act, detail })]);
  const recoveryLink = async (
    by: string,
    order: { readonly person: string; readonly removesSecondFactor: boolean },
  ): Promise<{ readonly link: string; readonly until: string }> => {
    const { path, expiresAt } = await issueRecovery(deps, { ...order, by });
    const detail = { secondFactor: order.removesSecondFactor ? "removed" : "kept" };
    await deps.db.write([
      logged(deps, { by, act: "recovery_issued", person: order.person, detail }),
    ]);
    return { link: path, until: expiresAt };
  };
  return {
    async addPerson(viewer: Asking, input: { email: string; name: string }) {
      const by = requireAdmin(viewer).person;
      const { person } = await createUser(deps, { ...input, password: null, by });
      return { person, ...(await recoveryLink(by, { person, removesSecondFactor: false })) };
    },
    /** A link by which the person sets a new password; shown to the admin once. */
    async issueRecovery(viewer: Asking, order: { person: string; removesSecondFactor: boolean }) {
      return recoveryLink(requireAdmin(viewer).person, order);
    },
    /** What letters print under their signature; the NIK goes in and is never shown again. */
    async setSigner(
      viewer: Asking,
      input: { person: string; nip: string; rank: string; nik: string | null },
    ) {
      const by = requireAdmin(viewer).person;
      await personPage(deps, requireAdmin(viewer), input.person);
      await setSigner(deps, { ...input, by });
      await deps.db.write([logged(deps, { by, act: "signer_set", person: input.person })]);
      return { person: input.person };
    },
    async deactivate(viewer: Asking, person: string) {
      return deactivatePerson(deps, { person, by: requireAdmin(viewer).person });
    },
    async reactivate(viewer: Asking, person: string) {
      return reactivatePerson(deps, { person, by: requireAdmin(viewer).person });
    },
    async grant(viewer: Asking, person: string) {
      const by = requireAdmin(viewer).person;
      return grantAdmin(deps, { email: await emailOf(person), by });
    },
    async revoke(viewer: Asking, person: string) {
      return revokeAdmin(deps, { person, by: requireAdmin(viewer).person });
    },
    async assign(
      viewer: Asking,
      input: HoldingForm & { person: string; agency: string; jabatan: string },
    ) {
      const by = requireAdmin(viewer).person;
      const { person, ...rest } = input;
      const email = await emailOf(person);
      if (email === "") {
        throw new AppError("INPUT_INVALID", "no such person", {
          problems: [{ field: "orang", pesan: "Pilih orang dari daftar." }],
        });
      }
      return assignPosition(deps, { ...rest, email, by });
    },
    async end(viewer: Asking, input: { id: string; lastDay: string }) {
      return endPosition(deps, { ...input, by: requireAdmin(viewer).person });
    },
    async correct(viewer: Asking, input: HoldingForm & { id: string; reason: string }) {
      return correctPosition(deps, { ...input, by: requireAdmin(viewer).person });
    },
    async makeCode(viewer: Asking, agencies: readonly string[]) {
      const by = requireAdmin(viewer).person;
      const made = await createCode(deps, { agencies });
      await noted(by, "agent_code_made", { agencies: made.agencies.join(", ") });
      return made;
    },
    async approveAgent(viewer: Asking, input: { agent: string; fingerprint: string }) {
      const by = requireAdmin(viewer).person;
      const done = await approveAgent(deps, input).catch((error: unknown) => {
        throw error instanceof AppError && error.code === "AGENT_SIGNATURE"
          ? otherFingerprint(error)
          : error;
      });
      await noted(by, "agent_approved", { agent: await hostOf(done.agent) });
      return done;
    },
    async releaseAgent(viewer: Asking, agent: string) {
      const by = requireAdmin(viewer).person;
      const done = await releaseAgent(deps, { agent });
      await noted(by, "agent_released", { agent: await hostOf(agent) });
      return done;
    },
    async revokeAgent(viewer: Asking, agent: string) {
      const by = requireAdmin(viewer).person;
      const done = await revokeAgent(deps, { agent });
      await noted(by, "agent_revoked", { agent: await hostOf(agent) });
      return done;
    },
    overview: async (viewer: Asking) => {
      requireAdmin(viewer);
      return adminOverview(deps);
    },
    people: async (viewer: Asking, query: string) => {
      requireAdmin(viewer);
      return listPeople(deps, query);
    },
    person: async (viewer: Asking, id: string) => personPage(deps, requireAdmin(viewer), id),
    holding: async (viewer: Asking, id: string) => {
      requireAdmin(viewer);
      const [found] = await holdingViews(deps, eq(positionHolders.id, id));
      if (!found) throw new AppError("NOT_FOUND", "no such holding");
      return found;
    },
    posts: async (viewer: Asking, agency: string | null) => {
      requireAdmin(viewer);
      return postsPage(deps, agency);
    },
    agents: async (viewer: Asking) => {
      requireAdmin(viewer);
      return agentViews(deps);
    },
    targets: async (viewer: Asking) => {
      requireAdmin(viewer);
      return targetViews(deps);
    },
    agencies: async (viewer: Asking) => {
      requireAdmin(viewer);
      return agencyViews(deps);
    },
  };
}

export type AdminServices = ReturnType<typeof createAdmin>;

function otherFingerprint(cause: AppError): AppError {
  return new AppError("INPUT_INVALID", "another fingerprint", {
    cause,
    problems: [
      {
        field: "sidik",
        pesan:
          "Sidik kunci berbeda dari yang dikirim agen. Salin dari layar agen, jangan dari halaman ini.",
      },
    ],
  });
}
