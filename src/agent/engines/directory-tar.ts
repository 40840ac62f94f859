import { AppError } from "#domain/errors.ts";
import { openPipe } from "../process/pipe.ts";
import { inTree } from "./directory-tree.ts";
import type { EngineIo } from "./engine.ts";

/** Owners by number, ACLs and every extended attribute: the same machine gets its own data back. */
const FAITHFUL = ["--file=-", "--numeric-owner", "--acls", "--xattrs", "--xattrs-include=*"];

/**
 * Streams the tree to `fd` as a POSIX tar. Names come from find(1), which leaves out FIFOs, sockets
 * and devices. Gives the bytes tar wrote; null where it did not read every name to its end, and the
 * caller tells why.
 */
export async function packTree(
  directory: string,
  fd: number,
  io: EngineIo,
): Promise<number | null> {
  const pipe = await openPipe();
  try {
    const types = ["(", "-type", "f", "-o", "-type", "d", "-o", "-type", "l", ")"];
    const tar = await io.host.spawn(
      inTree(directory, [
        ...["tar", "--create", ...FAITHFUL, "--sparse", "--format=posix"],
        // Without times of access and status and the process id, equal trees give equal streams.
        "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
        ...["--no-recursion", "--null", "--files-from=-", "--totals"],
      ]),
      { stdin: { fd: pipe.readFd }, stdout: { fd }, signal: io.signal },
    );
    const find = await io.host
      .spawn(inTree(directory, ["find", ".", ...types, "-print0"]), {
        stdout: { fd: pipe.writeFd },
        signal: io.signal,
      })
      .catch((error: unknown) => {
        tar.kill();
        throw error;
      });
    // A tar that ended early would leave find writing to nobody.
    void tar.exit.then(() => find.kill());
    const listed = await find.exit;
    pipe.closeWrite();
    const packed = await tar.exit;
    if (packed.code !== 0) io.log("tar did not pack the whole tree", { code: packed.code });
    const written = /^Total bytes written: (\d+)/m.exec(packed.stderr)?.[1];
    const isWhole = listed.code === 0 && packed.code === 0 && written !== undefined;
    return isWhole ? Number(written) : null;
  } finally {
    pipe.closeWrite();
    pipe.closeRead();
  }
}

/** Unpacks a stream into an empty directory with owners, modes, ACLs and attributes, or rejects. */
export async function unpackTree(directory: string, fd: number, io: EngineIo): Promise<void> {
  const tar = await io.host.spawn(
    inTree(directory, [
      ...["tar", "--extract", ...FAITHFUL, "--preserve-permissions", "--same-owner"],
      ...["--delay-directory-restore", "--warning=no-timestamp"],
    ]),
    { stdin: { fd }, signal: io.signal },
  );
  const { code, stderr } = await tar.exit;
  // For an ACL or attribute that the file system refuses tar only warns.
  const lost = /^tar: .*(acl_|setxattr|setfilecon)/m.test(stderr);
  if (code !== 0 || lost) {
    throw new AppError("ENGINE_LOAD_FAILED", "tar could not unpack the whole tree", {
      detail: { code, attributesLost: lost },
    });
  }
}
