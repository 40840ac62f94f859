/**
 * DSSE, the dead simple signing envelope (secure-systems-lab/dsse v1): the signature covers the
 * exact payload bytes and their type, so nothing need be canonicalised to verify.
 */
import { z } from "zod";
import { utf8 } from "./canonical.ts";

export const Envelope = z.strictObject({
  payloadType: z.string().min(1),
  /** base64 of the exact bytes. */
  payload: z.base64(),
  signatures: z
    .array(z.strictObject({ keyid: z.string(), sig: z.base64() }))
    .min(1)
    .max(8),
});
export type Envelope = z.infer<typeof Envelope>;

/** Pre-authentication encoding: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body. */
export function pae(payloadType: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const type = utf8(payloadType);
  const head = utf8(`DSSEv1 ${type.length} ${payloadType} ${body.length} `);
  const out = new Uint8Array(head.length + body.length);
  out.set(head);
  out.set(body, head.length);
  return out;
}

export async function signEnvelope(
  key: { readonly id: string; readonly privateKey: CryptoKey },
  payloadType: string,
  body: Uint8Array,
): Promise<Envelope> {
  const signature = await crypto.subtle.sign("Ed25519", key.privateKey, pae(payloadType, body));
  return {
    payloadType,
    payload: base64(body),
    signatures: [{ keyid: key.id, sig: base64(new Uint8Array(signature)) }],
  };
}

/** The payload bytes if one signature by `publicKey` holds, else null. Key ids are hints only. */
export async function openEnvelope(
  publicKey: CryptoKey,
  payloadType: string,
  envelope: Envelope,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (envelope.payloadType !== payloadType) return null;
  const body = fromBase64(envelope.payload);
  for (const { sig } of envelope.signatures) {
    const held = await crypto.subtle.verify(
      "Ed25519",
      publicKey,
      fromBase64(sig),
      pae(payloadType, body),
    );
    if (held) return body;
  }
  return null;
}

export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
