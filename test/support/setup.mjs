/**
 * Makes a bare machine ready and hands over to Node 24: plain JavaScript without packages, since it
 * runs before there are any, on whatever Node the machine has (20 or newer).
 *
 *   node test/support/setup.mjs demo [--once] [--json]
 *   node test/support/setup.mjs test [vitest arguments]
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const bin = join(root, "node_modules", ".bin");

const POSTGRESQL = "/usr/lib/postgresql";

/** Debian package → files of which one shows it is there. */
const PACKAGES = {
  demo: {
    // The client's package makes the version folder too: only the server's program proves the server.
    postgresql: existsSync(POSTGRESQL)
      ? readdirSync(POSTGRESQL).map((version) => join(POSTGRESQL, version, "bin", "postgres"))
      : [],
    "mariadb-server": ["/usr/sbin/mariadbd"],
    restic: ["/usr/bin/restic"],
    "openssh-server": ["/usr/sbin/sshd"],
  },
  test: {
    chromium: ["/usr/bin/chromium"],
    acl: ["/usr/bin/setfacl"],
    attr: ["/usr/bin/setfattr"],
    openssl: ["/usr/bin/openssl"],
    "poppler-utils": ["/usr/bin/pdftotext"],
    "qemu-system-x86": ["/usr/bin/qemu-system-x86_64"],
    "qemu-utils": ["/usr/bin/qemu-img"],
    "libvirt-daemon-system": ["/usr/sbin/libvirtd"],
    "libvirt-clients": ["/usr/bin/virsh"],
    "libnbd-bin": ["/usr/bin/nbdcopy"],
    "mariadb-backup": ["/usr/bin/mariabackup"],
    pgbackrest: ["/usr/bin/pgbackrest"],
    rclone: ["/usr/bin/rclone"],
    sqlite3: ["/usr/bin/sqlite3"],
  },
};

const [mode, ...rest] = process.argv.slice(2);
if (mode !== "demo" && mode !== "test") {
  console.error("Pakai: npm run demo [-- --once --json] atau npm test");
  process.exit(2);
}

installPackages();
assertNode24();
installDebianPackages(mode === "test" ? { ...PACKAGES.demo, ...PACKAGES.test } : PACKAGES.demo);
process.env.PATH = [bin, process.env.PATH].join(delimiter);
process.env.ASTRO_TELEMETRY_DISABLED = "1";
// The demo's site says on every page that it is one.
if (mode === "demo") process.env.PULIH_CONTOH = "1";
run("membangun portal", join(bin, "astro"), ["build"]);
if (mode === "demo") await become(["test/demo/main.ts", ...rest]);
else await become(["node_modules/vitest/vitest.mjs", "run", ...rest]);

/**
 * Once per lock file. Not `npm ci`: it refuses a lock that lacks the optional packages of platforms
 * which the registry in use does not carry; `install` takes the locked versions and goes without.
 */
function installPackages() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const mark = join(root, "node_modules", ".pulih-lock");
  if (existsSync(mark) && readFileSync(mark, "utf8") === lock) return;
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  run("memasang paket npm", "npm", ["install", "--no-save", ...quiet]);
  writeFileSync(mark, lock);
}

function assertNode24() {
  const found = spawnSync(join(bin, "node"), ["--version"], { encoding: "utf8" });
  if (found.status === 0 && found.stdout.startsWith("v24.")) return;
  fail(`Node 24 dari paket npm "node" tidak ada (ditemukan: ${found.stdout || "tidak ada"}).`);
}

function installDebianPackages(wanted) {
  const missing = Object.entries(wanted)
    .filter(([, proofs]) => !proofs.some((proof) => existsSync(proof)))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const install = ["install", "-y", "--no-install-recommends", ...missing];
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) {
    note(
      `Paket Debian belum terpasang. Jalankan: sudo apt-get update && sudo apt-get ${install.join(" ")}`,
    );
    note("Tanpa paket itu, bagian yang memerlukannya dilewati dan disebutkan.");
    return;
  }
  process.env.DEBIAN_FRONTEND = "noninteractive";
  run("memperbarui daftar paket Debian", "apt-get", ["update", "-qq"]);
  run(`memasang paket Debian: ${missing.join(", ")}`, "apt-get", ["-qq", ...install]);
}

/** Output goes to stderr: stdout belongs to the program that follows. */
function run(what, command, args) {
  note(`… ${what}`);
  const done = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status !== 0) fail(`Gagal ${what}: ${command} ${args.join(" ")}`);
}

/** Runs Node 24 in this process's place: same terminal, same signals, same exit code. */
function become(args) {
  const child = spawn(join(bin, "node"), args, { cwd: root, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  return new Promise(() => {
    child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

function note(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  note(text);
  process.exit(1);
}
