/**
 * What signs letters. One narrow interface, so that a course of a request never knows whether a test
 * key or the state's certificate stood behind a signature.
 */
import type { ErrorCode } from "#domain/errors.ts";

export type SignerName = "local-test" | "bsre-v1";

/** Who signs, as the letter prints them. */
export interface SignerIdentity {
  readonly person: string;
  readonly name: string;
  /** Position with its capacity, e.g. "Plt. Kepala Dinas". */
  readonly title: string;
  readonly nip: string | null;
  /** Pangkat/golongan. */
  readonly rank: string | null;
  /** By which a certified signature is asked for. Never shown, never logged. */
  readonly nik: string | null;
}

export type SignerStatus =
  | { readonly state: "ready" }
  | {
      readonly state: "not-registered" | "expired" | "unreachable";
      readonly code: ErrorCode;
      /** What happened and what to do, for people. */
      readonly pesan: string;
    };

export interface SignInput {
  /** Neither signed nor encrypted. */
  readonly pdf: Uint8Array;
  readonly identity: SignerIdentity;
  /** Typed by the signer at this signing, handed on and forgotten; null where none is asked for. */
  readonly passphrase: string | null;
  readonly reason: string;
  readonly at: Date;
}

/** One signature that was found in a PDF, with what could be checked without a network. */
export interface FoundSignature {
  /** Common name in the signer's certificate. */
  readonly signer: string;
  /** Common name of who issued that certificate. */
  readonly issuer: string;
  /** As the signer claims it; ISO 8601 in UTC. */
  readonly signedAt: string | null;
  /** E.g. ETSI.CAdES.detached. */
  readonly subFilter: string;
  /** The signed bytes are unchanged, and the signature over them fits its certificate. */
  readonly intact: boolean;
  /** Nothing was appended after this signature. */
  readonly whole: boolean;
}

export interface PdfVerification {
  /** At least one signature, every one intact, and the last one covers the whole file. */
  readonly valid: boolean;
  readonly signatures: readonly FoundSignature[];
}

export interface Signer {
  readonly name: SignerName;
  /** A passphrase is typed at each signing. */
  readonly passphrase: boolean;
  /** Never throws for what the other side says; a fault of the way there is `unreachable`. */
  status(identity: SignerIdentity): Promise<SignerStatus>;
  /**
   * Signs once and never tries again by itself: a second wrong passphrase may lock the account.
   * Throws SIGN_PASSPHRASE, SIGN_NOT_REGISTERED, SIGN_EXPIRED, SIGN_REFUSED or SIGN_UNREACHABLE.
   */
  sign(input: SignInput): Promise<{ readonly pdf: Uint8Array }>;
  /** Throws SIGN_UNREACHABLE where another must be asked and does not answer. */
  verify(pdf: Uint8Array): Promise<PdfVerification>;
}
