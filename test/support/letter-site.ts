/** A served portal whose letters were signed by the sample signer: every request walked to its end. */
import { join } from "node:path";
import { isNotNull } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import { readSettings } from "#functions/env.ts";
import { type RunningServer, startServer } from "#functions/http/server.ts";
import { KALTIM, Office, submit, walk } from "../http/office.ts";
import { hireAgent } from "../http/scripted-agent.ts";
import { assertBuilt, dist } from "./built-site.ts";
import { openTestPortal, type TestPortal } from "./server.ts";

export interface IssuedLetter {
  readonly code: string;
  readonly title: string;
  readonly sha256: string;
  readonly signedBy: string;
  readonly pdf: Buffer;
}

export interface LetterSite extends AsyncDisposable {
  readonly portal: TestPortal;
  readonly server: RunningServer;
  readonly ref: string;
  readonly letters: readonly IssuedLetter[];
}

export async function openLetterSite(
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly answers?: Readonly<Record<string, string>>;
  } = {},
): Promise<LetterSite> {
  assertBuilt();
  const portal = await openTestPortal({ env: { PULIH_TTE: "local-test" } });
  const agent = await hireAgent(portal, ["contoh-basis-data"]);
  const submitted = await submit(portal, KALTIM, { ...options.answers, jenis: "backup" });
  const office = new Office(portal);
  await walk(office, KALTIM, submitted, { targets: ["contoh-basis-data"], agent });
  const { db, files } = portal.deps;
  const rows = await db.orm.select().from(documents).where(isNotNull(documents.code));
  const letters = await Promise.all(
    rows.map(async ({ code, title, sha256, signedBy }) => ({
      code: code ?? "",
      title,
      sha256,
      signedBy: signedBy?.title ?? "",
      pdf: Buffer.from(await files.get(sha256)),
    })),
  );
  const env = {
    PULIH_DATA: portal.pathOf("."),
    PULIH_PORT: "0",
    PULIH_DIST: dist,
    PULIH_TTE: "local-test",
    PULIH_LIMIT_TRACK: "1000",
    ...options.env,
  };
  const server = await startServer(readSettings(env, join(import.meta.dirname, "..", "..")), {
    now: portal.clock.now,
    log: () => undefined,
  });
  return {
    portal,
    server,
    ref: submitted.ref,
    letters,
    async [Symbol.asyncDispose]() {
      await server.close();
      await portal[Symbol.asyncDispose]();
    },
  };
}
