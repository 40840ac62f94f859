/**
 * Signatures of the wire: every request of an agent is a flattened JWS by its own key, every offer
 * carries a ticket by the server's key. EdDSA (Ed25519) only; nothing is negotiated.
 */
import {
  base64url,
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  decodeProtectedHeader,
  FlattenedSign,
  flattenedVerify,
  importJWK,
} from "jose";
import type { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { type FlattenedJws, ProtectedHeader, type PublicJwk, Ticket } from "./v1.ts";

type TicketPayload = z.infer<typeof Ticket>;

const ALGORITHMS = { algorithms: ["EdDSA"] };
const TICKET_TYPE = "pulih-ticket+jws";

/** Crockford's base 32: no letter that can be taken for a digit. */
const READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export async function signRequest(
  privateKey: CryptoKey,
  header: ProtectedHeader,
  payload: unknown,
): Promise<FlattenedJws> {
  const signed = await new FlattenedSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader(ProtectedHeader.parse(header))
    .sign(privateKey);
  return {
    protected: signed.protected ?? "",
    payload: signed.payload,
    signature: signed.signature,
  };
}

/** The header before anything is proven: only to find the key that must prove it. INPUT_MALFORMED. */
export function peekHeader(jws: FlattenedJws): ProtectedHeader {
  try {
    return ProtectedHeader.parse(decodeProtectedHeader(jws));
  } catch (cause) {
    throw new AppError("INPUT_MALFORMED", "the protected header cannot be read", { cause });
  }
}

/** Header and payload of a request that `publicKey` signed. AGENT_SIGNATURE, INPUT_MALFORMED. */
export async function openRequest(
  jws: FlattenedJws,
  publicKey: CryptoKey,
): Promise<{ header: ProtectedHeader; payload: unknown }> {
  const header = peekHeader(jws);
  const payload = await flattenedVerify(jws, publicKey, ALGORITHMS).then(
    (verified) => verified.payload,
    (cause: unknown) => {
      throw new AppError("AGENT_SIGNATURE", "the signature does not hold", { cause });
    },
  );
  try {
    return {
      header,
      payload: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)),
    };
  } catch (cause) {
    throw new AppError("INPUT_MALFORMED", "the payload is not JSON", { cause });
  }
}

export async function importPublicKey(jwk: PublicJwk): Promise<CryptoKey> {
  return (await importJWK(jwk, "EdDSA")) as CryptoKey;
}

/** RFC 7638: the name of a key that needs no registry. */
export function thumbprint(jwk: PublicJwk): Promise<string> {
  return calculateJwkThumbprint(jwk, "sha256");
}

/** 120 bits of a thumbprint in six groups of four, to compare on two screens by eye. */
export function fingerprint(keyThumbprint: string): string {
  let bits = 0n;
  for (const byte of base64url.decode(keyThumbprint).subarray(0, 15))
    bits = (bits << 8n) | BigInt(byte);
  const letters = Array.from({ length: 24 }, (_, index) => {
    return READABLE[Number((bits >> BigInt(5 * (23 - index))) & 31n)] ?? "";
  });
  return Array.from({ length: 6 }, (_, group) =>
    letters.slice(group * 4, group * 4 + 4).join(""),
  ).join("-");
}

export function signTicket(privateKey: CryptoKey, ticket: TicketPayload): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(Ticket.parse(ticket))))
    .setProtectedHeader({ alg: "EdDSA", typ: TICKET_TYPE })
    .sign(privateKey);
}

/** What a ticket says, if the server's key signed it. AGENT_BUNDLE. */
export async function openTicket(ticket: string, publicKey: CryptoKey): Promise<TicketPayload> {
  try {
    const { payload, protectedHeader } = await compactVerify(ticket, publicKey, ALGORITHMS);
    if (protectedHeader.typ !== TICKET_TYPE) throw new Error("not a ticket");
    return Ticket.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)));
  } catch (cause) {
    throw new AppError("AGENT_BUNDLE", "the ticket does not hold", { cause });
  }
}
