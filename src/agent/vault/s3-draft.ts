import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { release } from "./object-format.ts";
import type { ObjectDraft } from "./object-store.ts";
import { s3Error } from "./s3-client.ts";

const MIB = 1024 * 1024;

/**
 * An upload has 10,000 parts at most and a part is kept in memory twice at most: small parts first,
 * larger ones only for objects that need them (8 GB, 134 GB, then up to 480 GB of stored bytes).
 */
function partBytes(number: number): number {
  if (number <= 1000) return 8 * MIB;
  return number <= 5000 ? 32 * MIB : 64 * MIB;
}

/** Where an object comes to lie, and how long the store is to guard it. */
export interface S3Place {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * An object in parts that no one can see until the upload is completed. While one part is on its
 * way the next is filled, no more: the producer waits for the network.
 */
export function draftOf(
  client: S3Client,
  place: S3Place,
  lock: () => object,
  remove: () => Promise<void>,
): ObjectDraft {
  const parts: CompletedPart[] = [];
  const stop = new AbortController();
  let upload: string | undefined;
  let filling = Buffer.allocUnsafe(partBytes(1));
  let filled = 0;
  let sent = 0;
  let onItsWay: Promise<void> = Promise.resolve();
  let isKeeping = false;
  let discarding: Promise<void> | null = null;

  return {
    write: async (block) => {
      for (let offset = 0; offset < block.length; ) {
        if (filled === filling.length) await sendFilled();
        const taken = block.copy(filling, filled, offset);
        filled += taken;
        offset += taken;
      }
      release(block);
    },
    keep: async () => {
      isKeeping = true;
      try {
        if (upload === undefined) await putWhole();
        else await complete(upload);
      } catch (error) {
        throw s3Error("commit", error, "VAULT_WRITE_FAILED");
      }
    },
    discard: () => {
      discarding ??= discard();
      return discarding;
    },
  };

  async function sendFilled(): Promise<void> {
    try {
      upload ??= await begin();
      await onItsWay;
    } catch (error) {
      throw s3Error("write", error, "VAULT_WRITE_FAILED");
    }
    const body = filling.subarray(0, filled);
    sent += 1;
    onItsWay = send(upload, sent, body);
    // Looked at when the next part is full, or at the end.
    onItsWay.catch(() => undefined);
    filling = Buffer.allocUnsafe(partBytes(sent + 1));
    filled = 0;
  }

  async function begin(): Promise<string | undefined> {
    const begun = await client.send(
      new CreateMultipartUploadCommand({ ...place, ...lock(), ChecksumAlgorithm: "CRC32" }),
      { abortSignal: stop.signal },
    );
    return begun.UploadId;
  }

  async function send(UploadId: string | undefined, number: number, Body: Buffer): Promise<void> {
    const answer = await client.send(
      new UploadPartCommand({ ...place, UploadId, PartNumber: number, Body }),
      { abortSignal: stop.signal },
    );
    parts.push({
      PartNumber: number,
      ETag: answer.ETag,
      ...(answer.ChecksumCRC32 && { ChecksumCRC32: answer.ChecksumCRC32 }),
    });
    release(Body);
  }

  /** One part or less: a single request, whole or not at all. */
  async function putWhole(): Promise<void> {
    const Body = filling.subarray(0, filled);
    await client.send(new PutObjectCommand({ ...place, ...lock(), Body }), {
      abortSignal: stop.signal,
    });
  }

  async function complete(UploadId: string): Promise<void> {
    await onItsWay;
    await send(UploadId, sent + 1, filling.subarray(0, filled));
    await client.send(
      new CompleteMultipartUploadCommand({
        ...place,
        UploadId,
        MultipartUpload: { Parts: parts },
      }),
      { abortSignal: stop.signal },
    );
  }

  /** What cannot be cleared now is no backup, and the next `prepare` looks for it. */
  async function discard(): Promise<void> {
    stop.abort();
    await onItsWay.catch(() => undefined);
    if (upload !== undefined) {
      const command = new AbortMultipartUploadCommand({ ...place, UploadId: upload });
      await client.send(command).catch(() => undefined);
    }
    // Whether the store did what it was asked last is not known.
    if (isKeeping) await remove().catch(() => undefined);
  }
}
