import { describe, expect, it } from "vitest";
import {
  classifyRestic,
  isDeletionRefused,
  type ResticFailure,
} from "#agent/vault/restic-failure.ts";
import { parseSummary } from "#agent/vault/restic-writer.ts";

/** Recorded from restic 0.14 and 0.18 on real stores, but for S3; places and ids shortened. */
const RECORDED: readonly (readonly [string, number | null, string, ResticFailure])[] = [
  [
    "no repository in a directory",
    1,
    "Fatal: unable to open config file: stat /srv/repo/config: no such file or directory\nIs there a repository at the following location?\n/srv/repo\n",
    "NO_REPOSITORY",
  ],
  [
    "no repository on a REST server",
    1,
    "Fatal: unable to open config file: <config/> does not exist\nIs there a repository at the following location?\nrest:http://127.0.0.1:8010/x/\n",
    "NO_REPOSITORY",
  ],
  [
    "no repository in a bucket",
    1,
    "Fatal: unable to open config file: Stat: The specified key does not exist.\nIs there a repository at the following location?\ns3:https://127.0.0.1/b\n",
    "NO_REPOSITORY",
  ],
  ["no repository, newer", 10, "Fatal: repository does not exist\n", "NO_REPOSITORY"],
  [
    "REST server down, which is not an absent repository",
    1,
    'Fatal: unable to open config file: client.Head: Head "http://127.0.0.1:9/x/config": dial tcp 127.0.0.1:9: connect: connection refused\nIs there a repository at the following location?\nrest:http://127.0.0.1:9/x/\n',
    "VAULT_UNREACHABLE",
  ],
  [
    "REST server asks for a password",
    1,
    "Fatal: unable to open config file: unexpected HTTP response (401): 401 Unauthorized\nIs there a repository at the following location?\nrest:http://127.0.0.1:8010/\n",
    "VAULT_CREDENTIALS",
  ],
  [
    "REST server behind a broken proxy",
    1,
    "Fatal: unable to open config file: unexpected HTTP response (502): 502 Bad Gateway\nIs there a repository at the following location?\nrest:http://127.0.0.1:8010/\n",
    "VAULT_UNREACHABLE",
  ],
  [
    "SFTP server not found",
    1,
    "subprocess ssh: ssh: Could not resolve hostname nohost.invalid: Name or service not known\nFatal: unable to open repository at sftp:nohost.invalid:/x: unable to start the sftp session, error: EOF\n",
    "VAULT_UNREACHABLE",
  ],
  [
    "repository not readable",
    1,
    "Fatal: unable to open repository at /srv/repo: ReadDir: open /srv/repo/keys: permission denied\n",
    "VAULT_UNREACHABLE",
  ],
  ["wrong password", 1, "Fatal: wrong password or no key found\n", "VAULT_CREDENTIALS"],
  ["wrong password, newer", 12, "Fatal: wrong password or no key found\n", "VAULT_CREDENTIALS"],
  [
    "password file missing",
    1,
    "Resolving password failed: Fatal: /etc/pulih/sandi does not exist\n",
    "VAULT_CREDENTIALS",
  ],
  [
    "disk full",
    1,
    "Fatal: unable to save snapshot: write /srv/repo/data/c3/c3e792-tmp-2425735766: no space left on device\n",
    "VAULT_FULL",
  ],
  [
    "disk full after retries",
    1,
    "Save(<data/65d0bfc2ba>) returned error, retrying after 552.330144ms: write /srv/repo/data/65/65d0-tmp-1: no space left on device\nFatal: unable to save snapshot: write /srv/repo/data/65/65d0-tmp-2: no space left on device\n",
    "VAULT_FULL",
  ],
  [
    "empty stream",
    1,
    "Fatal: unable to save snapshot: snapshot is empty\n",
    "ENGINE_DUMP_INCOMPLETE",
  ],
  [
    "unknown snapshot",
    1,
    'invalid id "deadbeef": no matching ID found for prefix "deadbeef"\n',
    "VAULT_BACKUP_UNKNOWN",
  ],
  [
    "snapshot of something else",
    1,
    'cannot dump file: path "/stream" not found in snapshot\n',
    "VAULT_BACKUP_UNKNOWN",
  ],
  [
    "flipped byte in a pack",
    1,
    "cannot dump file: decrypting blob 8e71e2dd failed: ciphertext verification failed\n",
    "VAULT_CORRUPT",
  ],
  [
    "cut pack",
    1,
    "Load(<data/4886e8bee8>, 1677033, 2436765) returned error, retrying after 552.330144ms: unexpected EOF\ncannot dump file: ReadFull(<data/4886e8bee8>): unexpected EOF\n",
    "VAULT_CORRUPT",
  ],
  [
    "pack gone",
    1,
    "cannot dump file: ReadFull(<data/4886e8bee8>): open /srv/repo/data/48/4886e8bee8: no such file or directory\n",
    "VAULT_CORRUPT",
  ],
  [
    "index gone",
    1,
    'loading tree for snapshot "4b46ad17" failed: id 0a3118bc not found in repository\n',
    "VAULT_CORRUPT",
  ],
  [
    "snapshot altered",
    1,
    'loading snapshot "4b46ad17" failed: load <snapshot/4b46ad1751>: invalid data returned\n',
    "VAULT_CORRUPT",
  ],
  [
    "empty stream, newer",
    3,
    '{"message_type":"error","error":{"message":"failed to save /stream: read /stream: no data read"},"during":"archival","item":"/stream"}\n{"message_type":"exit_error","code":3,"message":"Warning: at least one source file could not be read"}\n',
    "ENGINE_DUMP_INCOMPLETE",
  ],
  [
    "unknown snapshot, newer",
    1,
    "Fatal: failed to find snapshot: failed to load snapshot [null]: open /srv/repo/snapshots/0000: no such file or directory\n",
    "VAULT_BACKUP_UNKNOWN",
  ],
  [
    "unknown snapshot on a REST server, newer",
    1,
    "Load(<snapshot/00aa00aa00>, 0, 0) failed: <snapshot/00aa00aa00> does not exist\nFatal: failed to find snapshot: failed to load snapshot 00aa00aa: <snapshot/00aa00aa00> does not exist\n",
    "VAULT_BACKUP_UNKNOWN",
  ],
  [
    "unknown snapshot in a bucket, newer",
    1,
    "Load(<snapshot/00aa00aa00>, 0, 0) failed: The specified key does not exist.\nFatal: failed to find snapshot: failed to load snapshot 00aa00aa: The specified key does not exist.\n",
    "VAULT_BACKUP_UNKNOWN",
  ],
  [
    "ended by the agent while it opened the repository",
    1,
    '{"message_type":"exit_error","code":1,"message":"Fatal: unable to open config file: context canceled"}\n',
    null,
  ],
  [
    "out of descriptors while it read its password",
    1,
    "Fatal: Resolving password failed: open /srv/sandi: too many open files\n",
    null,
  ],
  [
    "an S3 access key that is not known",
    1,
    "Fatal: unable to open config file: Stat: The AWS Access Key Id you provided does not exist in our records.\nIs there a repository at the following location?\n",
    "VAULT_CREDENTIALS",
  ],
  ["locked, newer", 11, "", "VAULT_LOCKED"],
  [
    "a retry that helped says nothing about the end",
    0,
    "Load(<data/4886e8bee8>, 1, 2) returned error, retrying after 552.330144ms: unexpected EOF\n",
    null,
  ],
  ["killed without a word", null, "", null],
  ["words nobody has seen", 1, "Fatal: something new\n", null],
];

describe("restic's endings", () => {
  it.each(RECORDED)("tells the meaning of: %s", (_name, code, stderr, expected) => {
    expect(classifyRestic(code, stderr)).toBe(expected);
  });
});

describe("a restic that was given up on", () => {
  const TRYING = `Stat(<config/>) returned error, retrying after 1m3.976322577s: Stat: The AWS Access Key Id you provided does not exist in our records.
signal terminated received, cleaning up
Fatal: unable to open config file: context canceled
Is there a repository at the following location?
s3:https://127.0.0.1:33455/cadangan/x
`;

  it("failed for what it was still trying against", () => {
    expect(classifyRestic(null, TRYING, true)).toBe("VAULT_CREDENTIALS");
  });

  it("had no reason of its own where it was ended for another's", () => {
    expect(classifyRestic(null, TRYING)).toBeNull();
  });
});

describe("a store that lets nothing be deleted", () => {
  it.each([
    "unable to remove <snapshot/3b21428f00> from the repository\nblob not removed, server response: 403 Forbidden (403)\n",
    "Remove(<snapshot/3b21428f00>) returned error, retrying after 552.330144ms: blob not removed, server response: 403 Forbidden (403)\n",
    "unable to remove <data/3b21428f00> from the repository\nclient.RemoveObject: Access Denied.\n",
    "Remove(<data/3b21428f00>) returned error, retrying after 1s: unlink /srv/restic/data/3b/3b21: operation not permitted\n",
  ])("is known by: %s", (stderr) => {
    expect(isDeletionRefused(stderr)).toBe(true);
  });

  it.each([
    "",
    "Fatal: wrong password or no key found\n",
    "unable to create lock in backend: client.PutObject: Access Denied.\n",
    "unable to remove <data/3b21428f00> from the repository\ndial tcp 127.0.0.1:9: connect: connection refused\n",
  ])("is not known by: %s", (stderr) => {
    expect(isDeletionRefused(stderr)).toBe(false);
  });
});

describe("restic's summary", () => {
  it("is read from the line of 0.14", () => {
    const line =
      '{"message_type":"summary","files_new":1,"data_blobs":28,"data_added":50002098,"total_bytes_processed":50000000,"total_duration":0.48,"snapshot_id":"4b46ad17"}';
    expect(parseSummary(line)).toMatchObject({
      snapshot_id: "4b46ad17",
      total_bytes_processed: 50_000_000,
      data_added: 50_002_098,
    });
  });

  it.each([
    '{"message_type":"status","bytes_done":50000000}',
    '{"message_type":"summary","snapshot_id":""}',
    '{"message_type":"summary","snapsh',
    "",
    "null",
  ])("is not taken from: %s", (line) => {
    expect(parseSummary(line)).toBeNull();
  });
});
