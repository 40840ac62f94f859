import * as asn1js from "asn1js";
import {
  type Certificate,
  ContentInfo,
  IssuerAndSerialNumber,
  type RelativeDistinguishedNames,
  SignedData,
  type SignerInfo,
} from "pkijs";

const ID_SIGNED_DATA = "1.2.840.113549.1.7.2";
const SIGNING_TIME = "1.2.840.113549.1.9.5";
const COMMON_NAME = "2.5.4.3";
const NAME_MAX = 200;

export interface CmsFacts {
  readonly signer: string;
  readonly issuer: string;
  /** As signed; ISO 8601 in UTC. */
  readonly signedAt: string | null;
  /** The signature is that of the certificate's key over exactly these bytes. */
  readonly fits: boolean;
}

/** Reads a detached CMS signature by one signer; null where it is none. Trusts no issuer. */
export async function readCms(der: Uint8Array, bytes: Uint8Array): Promise<CmsFacts | null> {
  const signed = parsed(der);
  const signer = signed?.signerInfos[0];
  if (!signed || !signer || signed.signerInfos.length !== 1) return null;
  const certificate = certificateOf(signed, signer);
  if (!certificate) return null;
  const fits = await signed
    .verify({ signer: 0, data: new Uint8Array(bytes).buffer, checkChain: false })
    .catch(() => false);
  return {
    signer: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    signedAt: signingTime(signer),
    fits,
  };
}

function parsed(der: Uint8Array): SignedData | null {
  try {
    const content = ContentInfo.fromBER(new Uint8Array(der));
    if (content.contentType !== ID_SIGNED_DATA) return null;
    return new SignedData({ schema: content.content });
  } catch {
    return null;
  }
}

function certificateOf(signed: SignedData, signer: SignerInfo): Certificate | null {
  const certificates = (signed.certificates ?? []).filter(
    (one): one is Certificate => "subjectPublicKeyInfo" in one,
  );
  const { sid } = signer;
  if (!(sid instanceof IssuerAndSerialNumber)) return certificates[0] ?? null;
  return (
    certificates.find(
      (one) => one.serialNumber.isEqual(sid.serialNumber) && one.issuer.isEqual(sid.issuer),
    ) ?? null
  );
}

function commonName(name: RelativeDistinguishedNames): string {
  const entry = name.typesAndValues.find(({ type }) => type === COMMON_NAME);
  return String(entry?.value.valueBlock.value ?? "").slice(0, NAME_MAX);
}

function signingTime(signer: SignerInfo): string | null {
  const value = signer.signedAttrs?.attributes.find(({ type }) => type === SIGNING_TIME)?.values[0];
  const isTime = value instanceof asn1js.UTCTime || value instanceof asn1js.GeneralizedTime;
  return isTime ? value.toDate().toISOString() : null;
}
