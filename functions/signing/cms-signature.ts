import { createHash } from "node:crypto";
import * as asn1js from "asn1js";
import {
  AlgorithmIdentifier,
  Attribute,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from "pkijs";
import type { Credential } from "./local-ca.ts";

const ID_DATA = "1.2.840.113549.1.7.1";
const ID_SIGNED_DATA = "1.2.840.113549.1.7.2";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const SHA_256 = "2.16.840.1.101.3.4.2.1";

/**
 * A detached CMS signature as PAdES B-B wants it (ETSI EN 319 142-1, 6.3): content type, message
 * digest and signing-certificate-v2 are signed; the time stands in the PDF and not here.
 */
export async function cmsSignature(bytes: Uint8Array, by: Credential): Promise<Uint8Array> {
  const { certificate } = by;
  const attributes = [
    new Attribute({
      type: CONTENT_TYPE,
      values: [new asn1js.ObjectIdentifier({ value: ID_DATA })],
    }),
    new Attribute({ type: MESSAGE_DIGEST, values: [octets(sha256(bytes))] }),
    new Attribute({
      type: SIGNING_CERTIFICATE_V2,
      values: [signingCertificate(new Uint8Array(certificate.toSchema(true).toBER()))],
    }),
  ];
  const signed = new SignedData({
    version: 1,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: ID_DATA }),
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        digestAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256 }),
        signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
    certificates: [certificate, ...by.chain],
  });
  await signed.sign(by.key, 0, "SHA-256", new Uint8Array(bytes).buffer);
  const content = new ContentInfo({
    contentType: ID_SIGNED_DATA,
    content: signed.toSchema(true),
  });
  return new Uint8Array(content.toSchema().toBER());
}

/** RFC 5035, 3: SHA-256 is the default and is left out, and so is the issuer. */
function signingCertificate(certificate: Uint8Array): asn1js.Sequence {
  const id = new asn1js.Sequence({ value: [octets(sha256(certificate))] });
  return new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [id] })] });
}

function octets(bytes: Uint8Array): asn1js.OctetString {
  return new asn1js.OctetString({ valueHex: new Uint8Array(bytes).buffer });
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
