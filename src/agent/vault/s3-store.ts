import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type ListObjectsV2Output,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { ObjectStore, StoredName } from "./object-store.ts";
import { isAbsent, openS3Client, type S3Config, s3Error, statusOf } from "./s3-client.ts";
import { draftOf, type S3Place } from "./s3-draft.ts";
import { sourceOf } from "./s3-source.ts";

const DAY_MS = 24 * 60 * 60_000;
/** The longest upload is over by then; what is still open was left by a killed agent. */
const ABANDONED_AFTER_MS = 2 * DAY_MS;

/** A bucket of an S3 service, which must exist. */
export async function s3Store(config: S3Config): Promise<ObjectStore> {
  const client = await openS3Client(config);
  const { bucket: Bucket, awalan: prefix, kunciHari } = config;
  const place = (name: string): S3Place => ({ Bucket, Key: `${prefix}${name}` });
  const lock = (): object =>
    kunciHari === null
      ? {}
      : {
          ObjectLockMode: "COMPLIANCE" as const,
          ObjectLockRetainUntilDate: new Date(Date.now() + kunciHari * DAY_MS),
        };

  const readText = (name: string): Promise<string | null> =>
    guarded("open", "VAULT_UNREACHABLE", async () => {
      const found = await client.send(new GetObjectCommand(place(name))).catch(absent);
      return found === null ? null : ((await found.Body?.transformToString("utf8")) ?? "");
    });

  const remove = (name: string): Promise<void> =>
    guarded("remove", "VAULT_DELETE_REFUSED", async () => {
      const found = await client.send(new HeadObjectCommand(place(name))).catch(absent);
      if (found === null) return;
      // In a bucket that keeps versions, deleting without one only hides the object.
      const { VersionId } = found;
      await client.send(new DeleteObjectCommand({ ...place(name), VersionId })).catch((error) => {
        if (statusOf(error) !== 403) throw error;
        throw new AppError("VAULT_DELETE_REFUSED", "s3: remove was refused");
      });
    });

  return {
    prepare: async () => {
      if (kunciHari !== null) await assertLockable(client, Bucket);
      await abortAbandoned(client, Bucket, prefix);
    },

    freeBytes: async () => null,

    readText,

    createText: async (name, text) => {
      // Not every service knows the condition; some pass it over.
      if ((await readText(name)) !== null) return false;
      return guarded("create", "VAULT_WRITE_FAILED", () =>
        putNew(client, { ...place(name), ...lock(), Body: Buffer.from(text) }),
      );
    },

    create: async (name) => draftOf(client, place(name), lock, () => remove(name)),

    open: (name) =>
      guarded("open", "VAULT_UNREACHABLE", async () => {
        const found = await client.send(new HeadObjectCommand(place(name))).catch(absent);
        if (found === null) return null;
        const of = { bytes: found.ContentLength ?? 0, etag: found.ETag };
        return sourceOf(client, place(name), of);
      }),

    list: async function* (folder) {
      const Prefix = `${prefix}${folder}/`;
      let ContinuationToken: string | undefined;
      do {
        const page: ListObjectsV2Output = await guarded("list", "VAULT_UNREACHABLE", () =>
          client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken })),
        );
        for (const one of page.Contents ?? []) {
          const found = storedName(one, Prefix);
          if (found !== null) yield found;
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },

    remove,
  };
}

/** False where there is one already. */
async function putNew(
  client: S3Client,
  what: ConstructorParameters<typeof PutObjectCommand>[0],
): Promise<boolean> {
  try {
    await client.send(new PutObjectCommand({ ...what, IfNoneMatch: "*" }));
    return true;
  } catch (error) {
    if (statusOf(error) === 412 || statusOf(error) === 409) return false;
    if (statusOf(error) !== 501) throw error;
    await client.send(new PutObjectCommand(what));
    return true;
  }
}

function storedName(
  one: NonNullable<ListObjectsV2Output["Contents"]>[number],
  Prefix: string,
): StoredName | null {
  const name = (one.Key ?? "").slice(Prefix.length);
  if (name === "" || name.includes("/")) return null;
  return {
    name,
    bytes: one.Size ?? 0,
    storedAt: (one.LastModified ?? new Date(0)).toISOString(),
  };
}

/** A bucket that cannot lock would take the order and not heed it. */
async function assertLockable(client: S3Client, Bucket: string): Promise<void> {
  const found = await client
    .send(new GetObjectLockConfigurationCommand({ Bucket }))
    .catch((error: unknown) => {
      const status = statusOf(error);
      if (status === 404 || status === 400 || status === 501) return null;
      throw s3Error("prepare", error, "VAULT_UNREACHABLE");
    });
  if (found?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled") return;
  throw new AppError("VAULT_UNREACHABLE", "the bucket was made without Object Lock", {
    detail: { reason: "no object lock" },
  });
}

/** What cannot be listed or ended here is left to the store's own rules. */
async function abortAbandoned(client: S3Client, Bucket: string, Prefix: string): Promise<void> {
  const listed = await client
    .send(new ListMultipartUploadsCommand({ Bucket, Prefix }))
    .catch(() => null);
  for (const { Key, UploadId, Initiated } of listed?.Uploads ?? []) {
    const isOld = Date.now() - (Initiated?.getTime() ?? Date.now()) > ABANDONED_AFTER_MS;
    if (!isOld) continue;
    const command = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
    await client.send(command).catch(() => undefined);
  }
}

function absent(error: unknown): null {
  if (isAbsent(error)) return null;
  throw error;
}

async function guarded<T>(
  action: string,
  otherwise: ErrorCode,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(action, error, otherwise);
  }
}
