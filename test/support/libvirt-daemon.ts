/**
 * The daemon behind test/support/libvirt.ts. Test files that run at the same time share one, since its
 * socket has one place on a machine: locks of the kernel count who uses it, so that it ends with its
 * last user however that one ends. A test that takes the daemon away has one of its own.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { ended } from "./server-process.ts";

const run = promisify(execFile);
const SHARED = "qemu:///system";
/** The first start asks every emulator what it can do. */
const READY_WITHIN_MS = 180_000;

/**
 * Where only root may open /dev/kvm, libvirt finds its own findings outdated at every definition and
 * asks the emulators anew, for a minute each time. The guests are emulated: it is hidden from the
 * daemon, in a view of the file system of its own, and so are the machine's settings.
 */
const DAEMON = `
dir=$1
[ ! -e /dev/kvm ] || mount --bind "$dir/no-kvm" /dev/kvm
if [ -d "$dir/run" ]; then
  mkdir -p /run/libvirt
  mount --bind "$dir/run" /run/libvirt
  mount --bind "$dir/etc" /etc/libvirt
else
  mount --bind "$dir/etc/qemu.conf" /etc/libvirt/qemu.conf
fi
exec /usr/sbin/libvirtd -f "$dir/libvirtd.conf" -p "$dir/libvirtd.pid" </dev/null >/dev/null 2>&1
`;

/** Lives beside the daemon and ends it once nobody holds the lock of its users. */
const KEEPER = `
users=$1 dir=$2 daemon=$3
unshare --mount sh -c "$daemon" pulih "$dir" &
pid=$!
exec 9<"$users"
flock 9
kill "$pid"
wait "$pid"
rm -rf "$dir"
`;

/** Holds the lock of users until its stdin ends; the first one has the daemon started. */
const USER = `
users=$1 dir=$2 keeper=$3 daemon=$4 tries=$5
exec 8>>"$users.start" && flock 8
exec 9>>"$users" && flock --shared 9
works() { virsh -q -c ${SHARED} version >/dev/null 2>&1; }
if works; then
  rm -rf "$dir"
else
  setsid --fork sh -c "$keeper" pulih "$users" "$dir" "$daemon" 8>&- 9>&- </dev/null >/dev/null 2>&1
  until works || [ "$tries" -eq 0 ]; do tries=$((tries - 1)); sleep 0.1; done
fi
exec 8>&-
works && echo ready
exec cat >/dev/null
`;

export interface Daemon {
  readonly uri: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The daemon of the machine's own address, shared; one that runs already is used and left alone. */
export async function sharedDaemon(): Promise<Daemon> {
  const dir = await folderOf("");
  const users = join(tmpdir(), "pulih-libvirt-users");
  const tries = String(READY_WITHIN_MS / 100);
  const user = spawn("sh", ["-c", USER, "pulih", users, dir, KEEPER, DAEMON, tries], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [said] = await Promise.race([once(user.stdout, "data"), once(user, "exit")]);
  if (String(said) !== "ready\n") throw new Error("libvirtd does not answer; is it installed?");
  return {
    uri: SHARED,
    [Symbol.asyncDispose]: async () => {
      user.stdin.end();
      await ended(user);
    },
  };
}

export interface OwnDaemon extends Daemon {
  readonly pid: number | undefined;
  /** Ends it as a crash would; its guests go on. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function ownDaemon(): Promise<OwnDaemon> {
  const dir = await mkdtemp(join(tmpdir(), "pulih-lvo-"));
  for (const folder of ["run", "sock"]) await mkdir(join(dir, folder));
  await folderOf(`unix_sock_dir="${join(dir, "sock")}"\n`, dir);
  const uri = `${SHARED}?socket=${join(dir, "sock", "libvirt-sock")}`;
  let daemon: ChildProcess | undefined;
  const works = () =>
    run("virsh", ["-q", "-c", uri, "version"]).then(
      () => true,
      () => false,
    );
  const own: OwnDaemon = {
    uri,
    get pid() {
      return daemon?.pid;
    },
    start: async () => {
      // Its guests are those of the first start: a pid file of a daemon that crashed stands in no one's way.
      await rm(join(dir, "libvirtd.pid"), { force: true });
      daemon = spawn(
        "setpriv",
        ["--pdeathsig", "TERM", "--", "unshare", "--mount", "sh", "-c", DAEMON, "pulih", dir],
        { stdio: "ignore" },
      );
      await eventually("virsh version: libvirt answers", works, READY_WITHIN_MS);
    },
    kill: async () => {
      process.kill(Number(await readFile(join(dir, "libvirtd.pid"), "utf8")), "SIGKILL");
      if (daemon !== undefined) await ended(daemon);
    },
    [Symbol.asyncDispose]: async () => {
      daemon?.kill("SIGTERM");
      if (daemon !== undefined) await ended(daemon);
      await rm(dir, { recursive: true, force: true });
    },
  };
  await own.start();
  return own;
}

/** Settings of a daemon: no security labels, no view of its own for the guests, no log daemon. */
async function folderOf(more: string, given?: string): Promise<string> {
  const dir = given ?? (await mkdtemp(join(tmpdir(), "pulih-lv-")));
  await chmod(dir, 0o755);
  await mkdir(join(dir, "etc"));
  await writeFile(join(dir, "libvirtd.conf"), `auth_unix_rw="none"\nlisten_tls=0\n${more}`);
  const settings = 'namespaces = []\nsecurity_driver = "none"\nstdio_handler = "file"\n';
  await writeFile(join(dir, "etc", "qemu.conf"), settings);
  await writeFile(join(dir, "no-kvm"), "", { mode: 0o000 });
  return dir;
}
