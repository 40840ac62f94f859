import type { Catalog } from "#catalog/load.ts";
import type { Database } from "#db/client.ts";
import type { CalendarHistory } from "#domain/calendar/history.ts";
import type { WebhookSettings } from "../env.ts";
import type { MailTransport } from "../mail/transport.ts";
import type { Signer } from "../signing/signer.ts";
import type { AgentHub } from "./agents/hub.ts";
import type { FileStore } from "./documents/file-store.ts";
import type { Accounts } from "./people/accounts.ts";
import type { ProgressHub } from "./requests/progress-hub.ts";
import type { RunningSop } from "./requests/project.ts";
import type { ServerKey } from "./server-key.ts";
import type { Viewer } from "./services.ts";
import type { NikSeal } from "./signing/nik-seal.ts";

/** What every verb may use. Made once by the entry or by a test. */
export interface Deps {
  readonly db: Database;
  readonly catalog: Catalog;
  readonly files: FileStore;
  readonly accounts: Accounts;
  readonly serverKey: ServerKey;
  /** Signs letters; null: they are made unsigned. */
  readonly signer: Signer | null;
  readonly nikSeal: NikSeal;
  /** Address under which people reach the portal; stands in links. */
  readonly origin: string;
  /** Null: no mail is sent, and none is written down to be sent. */
  readonly mail: MailTransport | null;
  readonly webhooks: WebhookSettings | null;
  /** Key of the tracking codes. */
  readonly secret: string;
  readonly hub: AgentHub;
  readonly progress: ProgressHub;
  /** Calendars each agency worked by, as they were stored; an agency without has that of its content. */
  readonly calendars: Map<string, CalendarHistory>;
  /** SOP versions already read, by digest. */
  readonly sopCache: Map<string, RunningSop>;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly log: (event: string, detail?: Readonly<Record<string, unknown>>) => void;
  readonly settings: {
    /** Name of the agency's own sign-in service; null where none is set. */
    readonly oidcName: string | null;
    /** Letters are marked CONTOH. */
    readonly sample: boolean;
    readonly pollHoldMs: number;
    readonly leaseMs: number;
    readonly lostAfterMs: number;
  };
}

/** Who asks, and by what. */
export interface Ctx {
  readonly viewer: Viewer | null;
  /** Tracking code, if one was sent. */
  readonly code: string | null;
  readonly requestId: string;
}
