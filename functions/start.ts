import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { loadCatalog } from "#catalog/load.ts";
import { type Database, openDatabase } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import type { Settings } from "./env.ts";
import { openMailTransport } from "./mail/transport.ts";
import { createAgentHub } from "./services/agents/hub.ts";
import { readCalendars } from "./services/clocks/calendars.ts";
import type { Deps } from "./services/deps.ts";
import { openFileStore } from "./services/documents/file-store.ts";
import { openAccounts } from "./services/people/open-accounts.ts";
import { createProgressHub } from "./services/requests/progress-hub.ts";
import { loadSecret, loadServerKey } from "./services/server-key.ts";
import { openNikSeal } from "./services/signing/nik-seal.ts";
import { openSigner } from "./signing/open-signer.ts";

export type Log = Deps["log"];

/** What the entry, the admin CLI and the tests may put in the place of the real thing. */
export interface Surroundings {
  readonly now?: () => Date;
  readonly log?: Log;
}

export interface Opened {
  readonly deps: Deps;
  readonly db: Database;
  close(): void;
}

/** Opens everything the services need. The schema is brought up to date first. */
export async function openDeps(
  settings: Settings,
  origin: string,
  surroundings: Surroundings = {},
): Promise<Opened> {
  const catalog = await loadCatalog(settings.content);
  const db = await openDatabase({ url: settings.databaseUrl, authToken: settings.databaseToken });
  try {
    await migrate(db);
    const secret = settings.secret ?? (await loadSecret(settings.data));
    const now = surroundings.now ?? (() => new Date());
    const deps: Deps = {
      db,
      catalog,
      files: await openFileStore(join(settings.data, "berkas")),
      accounts: openAccounts(db, {
        secret,
        origin,
        now,
        session: settings.session,
        oidc: settings.oidc,
      }),
      serverKey: await loadServerKey(settings.data),
      signer: openSigner(settings.signing, { dataDir: settings.data }),
      nikSeal: await openNikSeal(settings.data),
      origin,
      mail: settings.mail && openMailTransport(settings.mail, { portal: origin }),
      webhooks: settings.webhooks,
      secret,
      hub: createAgentHub(),
      progress: createProgressHub(),
      calendars: await readCalendars(db),
      sopCache: new Map(),
      now,
      newId: () => newId(now()),
      randomBytes,
      log: surroundings.log ?? logJson,
      settings: {
        oidcName: settings.oidc?.name ?? null,
        sample: settings.sample,
        pollHoldMs: settings.pollHoldMs,
        leaseMs: settings.leaseMs,
        lostAfterMs: settings.lostAfterMs,
      },
    };
    return { deps, db, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Sorts by time, 80 random bits: letters and digits only, fit for paths and file names. */
export function newId(now: Date): string {
  return now.getTime().toString(36).padStart(9, "0") + randomBytes(10).toString("hex");
}

/** One JSON line an event on stderr. */
export function logJson(event: string, detail: Readonly<Record<string, unknown>> = {}): void {
  process.stderr.write(`${JSON.stringify({ t: new Date().toISOString(), event, ...detail })}\n`);
}
