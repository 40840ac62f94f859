import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { fail } from "#agent/cli/fail.ts";
import { createProgram } from "#agent/cli/program.ts";
import { tempDir } from "#support/temp-dir.ts";
import { command } from "./agent-process.ts";
import { startPortal } from "./fake-portal.ts";
import { furnish } from "./workshop.ts";

describe("every command", () => {
  test("takes --config and --json, and has help in Indonesian with an example", () => {
    const { commands } = createProgram();
    expect(commands.map((one) => one.name()).sort()).toEqual([
      "backup",
      "backups",
      "doctor",
      "drill",
      "enroll",
      "recovery-kit",
      "restore-side",
      "retain",
      "run",
      "targets",
      "verify",
    ]);
    for (const one of commands) {
      let help = "";
      const writeOut = (text: string): void => {
        help += text;
      };
      one.configureOutput({ writeOut });
      one.outputHelp();
      expect(help, one.name()).toContain("--config <berkas>");
      expect(help, one.name()).toContain("PULIH_AGENT_CONFIG");
      expect(help, one.name()).toContain("--json");
      expect(help, one.name()).toContain(`Contoh:\n  pulih-agent ${one.name()}`);
      expect(help, one.name()).toContain("Pemakaian:");
      expect(help, one.name()).not.toMatch(/Usage|Options:|display help/);
    }
  });

  test("says what is wrong in one sentence, or for programs in one JSON object", async () => {
    const cases = [
      [["targets"], 2, "INPUT_CONFIG", "sebutkan berkas pengaturan"],
      [["targets", "--config", "/tidak/ada.yaml"], 2, "INPUT_CONFIG", "berkas tidak ada"],
      [["bakup"], 2, "INPUT_INVALID", "perintah tidak dikenal: bakup"],
      [["backup"], 2, "INPUT_INVALID", "masukan wajib belum disebut: alias"],
      [["targets", "--jason"], 2, "INPUT_INVALID", "pilihan tidak dikenal: --jason"],
      [["enroll", "--config", "/x"], 2, "INPUT_INVALID", "pilihan wajib belum disebut: --kode"],
    ] as const;
    for (const [words, exitCode, code, sentence] of cases) {
      const error: unknown = await createProgram()
        .parseAsync(words, { from: "user" })
        .catch((caught: unknown) => caught);
      let plain = "";
      let json = "";
      const plainCode = fail(error, false, (text) => {
        plain += text;
      });
      const jsonCode = fail(error, true, (text) => {
        json += text;
      });
      expect([plainCode, jsonCode], words.join(" ")).toEqual([exitCode, exitCode]);
      expect(plain, words.join(" ")).toContain(sentence);
      expect(JSON.parse(json), words.join(" ")).toMatchObject({ galat: { code } });
    }
  });

  test("ends with the code of the error table and leaves stdout empty", async () => {
    const ended = await command("bakup", "--json");
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(JSON.parse(ended.stderr)).toMatchObject({ galat: { code: "INPUT_INVALID" } });
  });

  test("that is asked for help answers on stdout and ends well", async () => {
    const help = await command("--help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("Perintah:");
  });
});

describe("looking at the site", () => {
  test("targets shows each target, and what cannot be reached as such", async () => {
    await using dir = await tempDir();
    const { config } = await furnish(dir.path, "http://127.0.0.1:9");
    const file = join(dir.path, "agen.yaml");
    const [target] = config.targets;
    const gone = { ...target, alias: "hilang", berkas: "/tidak/ada.db" };
    await writeFile(file, stringify({ ...config, targets: [target, gone] }), { mode: 0o600 });
    const { stdout, code } = await command("targets", "--config", file, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      targets: [
        {
          alias: "db",
          engine: "sqlite",
          place: "local",
          vault: "brankas",
          actions: ["backup", "restore", "check"],
          estimatedBytes: expect.any(Number),
        },
        expect.objectContaining({ alias: "hilang", estimatedBytes: null }),
      ],
    });
    const words = await command("targets", "--config", file);
    expect(words.stdout).toMatch(/^ALIAS +MESIN DATA/);
    expect(words.stdout).toContain("tidak terjangkau");
  });

  test("doctor finds nothing at a sound site", async () => {
    await using dir = await tempDir();
    await using portal = await startPortal();
    const { config } = await furnish(dir.path, portal.base);
    const file = join(dir.path, "agen.yaml");
    await writeFile(file, stringify(config), { mode: 0o600 });
    const enrolled = await command("enroll", "--config", file, "--kode", "KODE-BENAR");
    // The admin types it from here; were it shown there too, nobody would look at the agent's.
    expect(enrolled.stdout).toMatch(/Sidik kunci: \S+\nSampaikan sidik ini kepada admin portal/);
    const { code, stdout } = await command("doctor", "--config", file);
    expect(stdout).toContain("Agen siap bekerja.");
    expect(code).toBe(0);
  });

  test("doctor ends with 3 and says how to mend each thing it finds", async () => {
    await using dir = await tempDir();
    const { config } = await furnish(dir.path, "http://127.0.0.1:9");
    const file = join(dir.path, "agen.yaml");
    const [target] = config.targets;
    await writeFile(
      file,
      stringify({ ...config, targets: [{ ...target, berkas: "/tidak/ada.db" }] }),
      { mode: 0o600 },
    );
    const { code, stdout } = await command("doctor", "--config", file, "--json");
    expect(code).toBe(3);
    const { ok, findings } = JSON.parse(stdout) as {
      ok: boolean;
      findings: { about: string; ok: boolean; mend: string }[];
    };
    expect(ok).toBe(false);
    const wrong = findings.filter((finding) => !finding.ok);
    expect(wrong.map((finding) => finding.about)).toEqual(["pendaftaran", "portal", "sasaran db"]);
    for (const { mend } of wrong) expect(mend).toMatch(/\w+/);
  });

  test("a config that others may write is refused before anything is done", async () => {
    await using dir = await tempDir();
    const { config } = await furnish(dir.path, "http://127.0.0.1:9");
    const file = join(dir.path, "agen.yaml");
    await writeFile(file, stringify(config));
    await chmod(file, 0o666);
    const { code, stderr } = await command("run", "--config", file);
    expect(code).toBe(2);
    expect(stderr).toContain("chmod o-w");
  });
});
