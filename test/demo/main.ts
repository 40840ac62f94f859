/**
 * The demo: both source SOPs on real data, walked over HTTP by the persons of each role.
 *
 *   npm run demo                 stays up until Ctrl-C
 *   npm run demo -- --once       ends when the walk is over; 0 only if every digest agreed
 *   npm run demo -- --json       the last line is one JSON object
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadCatalog } from "#catalog/load.ts";
import type { JobOutcome } from "#domain/workflow/view.ts";
import type { Holding } from "./holdings.ts";
import { openOffice } from "./office.ts";
import { command } from "./programs.ts";
import { type Errand, type WalkedRequest, walk } from "./walk.ts";
import { buildWorld } from "./world.ts";

const { values: options } = parseArgs({
  options: { once: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const root = fileURLToPath(new URL("../../", import.meta.url));
const directory = join(root, "data", "demo");
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const interrupted = new Promise<void>((resolve) => {
  process.once("SIGINT", resolve);
  process.once("SIGTERM", resolve);
});

await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true, mode: 0o700 });
await using stack = new AsyncDisposableStack();
const catalog = await loadCatalog(join(root, "content"));
const office = await openOffice({ directory, catalog, stack, say });
const world = await buildWorld(directory, office.portal.base, stack, say);
if (world.leftOut.length > 0) say(`Dilewati karena tidak terpasang: ${world.leftOut.join(", ")}`);
await office.hireAgent(world.agentConfig);

const agentCommand = (args: readonly string[]): Promise<string> =>
  command("src/agent/main.ts", [...args, "--config", world.agentConfig], {});

interface MadeBackup {
  readonly id: string;
  readonly engine: string;
  readonly vault: string;
  readonly bytes: number;
}
const routine: MadeBackup[] = [];
const damages: { holding: Holding; before: string; damaged: string }[] = [];
const requests: WalkedRequest[] = [];

const run = async (slug: string, errand: Omit<Errand, "sop">): Promise<void> => {
  const entry = catalog.sops.get(slug);
  if (!entry) throw new Error(`no SOP ${slug}`);
  requests.push(
    await walk(
      office.portal,
      { ...errand, sop: entry.sop },
      {
        personOf: office.personOf,
        say,
        now: () => new Date(),
      },
    ),
  );
};
const damage = async (holdings: readonly Holding[]): Promise<void> => {
  for (const holding of holdings) {
    const before = await holding.digest();
    await holding.damage();
    const damaged = await holding.digest();
    damages.push({ holding, before, damaged });
    say(`Kerusakan sungguhan pada ${holding.alias} (${holding.engine}): isi berubah`);
  }
};

const kaltim = "kaltim-backup-restore-database";
const kukar = "kukar-restore-vps-vm";
const one = {
  specification: "CONTOH basis data kependudukan, satu server",
  targets: [world.database.alias],
};
await run(kaltim, { ...one, kind: "backup", reason: "CONTOH pencadangan sebelum pemeliharaan" });
await damage([world.database]);
await run(kaltim, { ...one, kind: "restore", reason: "CONTOH tabel hilang setelah pemeliharaan" });

// The backup that SOP B restores comes from the operator's routine, as its keterkaitan says.
for (const holding of world.application) {
  const printed = await agentCommand(["backup", holding.alias, "--json"]);
  routine.push((JSON.parse(printed) as { backup: MadeBackup }).backup);
  say(`Cadangan rutin ${holding.alias} (${holding.engine}) dibuat operator`);
}
await damage(world.application);
await run(kukar, {
  kind: "restore",
  specification: "CONTOH aplikasi perizinan: basis data dan direktori aplikasi",
  targets: world.application.map((holding) => holding.alias),
  reason: "CONTOH aplikasi rusak",
});

let ok = requests.every((request) => request.status === "completed");
for (const { holding, before, damaged } of damages) {
  const after = await holding.digest();
  const back = before !== damaged && before === after;
  ok &&= back;
  say(
    `${back ? "SAMA " : "BEDA "} ${holding.alias}: sebelum ${short(before)}, rusak ${short(damaged)}, pulih ${short(after)}`,
  );
}
const restores = requests
  .flatMap((request) => request.outcomes)
  .flatMap(({ engine, restore }) => (restore ? [{ engine, ...restore }] : []));
ok &&=
  restores.length === damages.length && restores.every((one) => one.damaged && one.digestsEqual);
const { backups: verified } = JSON.parse(await agentCommand(["backups", "--json"])) as {
  backups: { id: string; engine: string; vault: string; bytes: number }[];
};
// What the agent lists are the backups whose signed manifest verifies; the walk says what was made.
const made = [...routine, ...requests.flatMap((request) => request.outcomes).flatMap(backupOf)];
const backups = [...new Map(made.map((backup) => [backup.id, backup])).values()].map(
  ({ id, engine, vault, bytes }) => ({
    engine,
    vault,
    bytes,
    manifestVerified: verified.some((one) => one.id === id && one.bytes === bytes),
  }),
);
ok &&= backups.length > 0 && backups.every((backup) => backup.manifestVerified);

say("");
say(`Portal: ${office.portal.base}/`);
for (const account of office.accounts()) {
  say(`  ${account.title}: ${account.email} / ${account.password}`);
  say(`    kode dari aplikasi autentikator: ${account.totp}`);
}
for (const request of requests) {
  say(
    `  Lacak ${request.ref}: ${office.portal.base}/lacak/?nomor=${request.ref}&kode=${request.code}`,
  );
}
say(ok ? "Selesai: semua data kembali dan sama." : "GAGAL: ada data yang tidak kembali sama.");
if (!options.once) {
  say("Tekan Ctrl-C untuk berhenti.");
  await interrupted;
}
await stack.disposeAsync();
if (options.json) {
  const shown = requests.map(({ sop, ref, steps }) => ({ sop, ref, steps }));
  say(JSON.stringify({ ok, portal: `${office.portal.base}/`, requests: shown, backups, restores }));
}
process.exitCode = ok ? 0 : 1;

function short(digest: string): string {
  return digest.slice(0, 12);
}

function backupOf({ engine, backup }: JobOutcome): MadeBackup[] {
  return backup ? [{ ...backup, engine }] : [];
}
