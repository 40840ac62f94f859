/** The portal of the demo with its people: one invented person for every position of the agencies. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parse } from "yaml";
import type { Catalog } from "#catalog/load.ts";
import { roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { readSettings } from "#functions/env.ts";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import { enrolTotp } from "#functions/services/people/second-factor.ts";
import { openDeps } from "#functions/start.ts";
import { PortalClient, type Visitor } from "./portal-client.ts";
import { command, Daemon } from "./programs.ts";

export interface Account {
  readonly agency: string;
  readonly jabatan: string;
  readonly title: string;
  readonly email: string;
  readonly password: string;
  /** otpauth address of the authenticator app. */
  readonly totp: string;
}

export interface Office {
  readonly portal: PortalClient;
  accounts(): readonly Account[];
  accountOf(sop: Sop, role: string): Account;
  personOf(sop: Sop, role: string): Promise<{ visitor: Visitor; name: string }>;
  /** Enrols the agent, approves it, starts it. */
  hireAgent(configFile: string): Promise<void>;
}

export async function openOffice(input: {
  directory: string;
  catalog: Catalog;
  stack: AsyncDisposableStack;
  say: (line: string) => void;
  /** Settings of the portal beside those of the demo. */
  settings?: Readonly<Record<string, string>>;
}): Promise<Office> {
  const { directory, catalog, stack, say, settings = {} } = input;
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = {
    PULIH_DATA: directory,
    PULIH_HOST: "127.0.0.1",
    PULIH_PORT: String(port),
    PULIH_ORIGIN: base,
    PULIH_CONTOH: "1",
    ...settings,
  };
  const admin = (args: readonly string[], stdin = ""): Promise<string> =>
    command("functions/cli/main.ts", [...args, "--json"], env, stdin);

  await admin(["migrate"]);
  const accounts = await hirePeople(env, base, catalog);
  const portal = new PortalClient(base);
  stack.use(daemon("functions/main.ts", [], env, join(directory, "portal.log")));
  await becomes(async () => (await fetch(`${base}/api/health`)).ok, "portal");
  say(`Portal berjalan di ${base}/`);

  /** What is restored must stand in the asset register first. */
  const registerTargets = async (configFile: string): Promise<void> => {
    const { targets } = parse(await readFile(configFile, "utf8")) as {
      targets: { alias: string }[];
    };
    const rows = targets.map(
      ({ alias }) =>
        `CONTOH ${alias},CONTOH perangkat daerah,basis-data,tinggi,CONTOH ruang server,${alias}`,
    );
    const file = join(directory, "aset.csv");
    await writeFile(file, ["nama,pemilik,jenis,kategori,letak,sasaran", ...rows, ""].join("\n"));
    for (const agency of catalog.agencies.keys()) {
      await admin(["asset", "import", file, "--instansi", agency, "--simpan"]);
    }
  };

  const visitors = new Map<Account, Visitor>();
  const accountOf = (sop: Sop, role: string): Account => {
    const holders = roleOf(sop, role).jabatan.map((id) => accounts.get(`${sop.instansi}/${id}`));
    const account = holders.find((holder) => holder !== undefined);
    if (!account) throw new Error(`nobody holds ${role} of ${sop.slug}`);
    return account;
  };
  return {
    accountOf,
    portal,
    accounts: () => [...accounts.values()],
    async personOf(sop, role) {
      const account = accountOf(sop, role);
      const visitor = visitors.get(account) ?? (await portal.signIn(account));
      visitors.set(account, visitor);
      return { visitor, name: account.title };
    },
    async hireAgent(configFile) {
      const { code } = JSON.parse(
        await admin([
          "agent",
          "code",
          ...[...catalog.agencies.keys()].flatMap((id) => ["--instansi", id]),
        ]),
      ) as { code: string };
      const agentCommand = (args: readonly string[]): Promise<string> =>
        command("src/agent/main.ts", [...args, "--config", configFile, "--json"], {});
      const enrolled = JSON.parse(await agentCommand(["enroll", "--kode", code])) as {
        agent: string;
        fingerprint: string;
      };
      await admin(["agent", "approve", enrolled.agent, "--sidik", enrolled.fingerprint]);
      const log = join(directory, "agen.log");
      stack.use(daemon("src/agent/main.ts", ["run", "--config", configFile], {}, log));
      await becomes(async () => {
        const { agents } = JSON.parse(await admin(["agent", "list"])) as {
          agents: { id: string; targets: number }[];
        };
        return agents.some((agent) => agent.id === enrolled.agent && agent.targets > 0);
      }, "agen");
      await registerTargets(configFile);
      say(`Agen terdaftar, sidik kunci ${enrolled.fingerprint}`);
    },
  };
}

/** One person for every position, each with a second factor; in one go, since a command a person takes long. */
async function hirePeople(
  env: Readonly<Record<string, string>>,
  base: string,
  catalog: Catalog,
): Promise<ReadonlyMap<string, Account>> {
  const settings = readSettings(env, join(import.meta.dirname, "..", ".."));
  const { deps, close } = await openDeps(settings, base, { log: () => undefined });
  const accounts = new Map<string, Account>();
  try {
    for (const agency of catalog.agencies.values()) {
      for (const { id: jabatan, judul } of agency.jabatan) {
        const email = `${jabatan}@${agency.id}.contoh.go.id`;
        const password = randomBytes(9).toString("base64url");
        const { person } = await createUser(deps, { email, name: `CONTOH ${judul}`, password });
        const { uri: totp } = await enrolTotp(deps, { person, email });
        await assignPosition(deps, {
          ...{ email, agency: agency.id, jabatan, capacity: "definitif" },
          ...{ since: "2026-01-01", until: null, decree: "CONTOH" },
        });
        const title = `CONTOH ${judul}, ${agency.singkatan}`;
        const account = { agency: agency.id, jabatan, title, email, password, totp };
        accounts.set(`${agency.id}/${jabatan}`, account);
      }
    }
  } finally {
    close();
  }
  return accounts;
}

function daemon(...args: ConstructorParameters<typeof Daemon>): AsyncDisposable {
  const program = new Daemon(...args);
  return { [Symbol.asyncDispose]: () => program.stop() };
}

async function becomes(check: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (await check().catch(() => false)) return;
    await wait(150);
  }
  throw new Error(`${what} did not come up within 60 s`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
