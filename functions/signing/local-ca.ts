/**
 * A certificate authority of this portal alone, for tries and demonstrations: it proves that bytes are
 * unchanged, never who somebody is. Every name it certifies says CONTOH.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as asn1js from "asn1js";
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  getRandomValues,
} from "pkijs";
import { z } from "zod";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const CA_NAME = "CONTOH Pulih (bukan sertifikat resmi)";
/** Fixed, so that a sample of any date can be signed. */
const CA_SINCE = new Date("2020-01-01T00:00:00Z");
const CA_UNTIL = new Date("2049-01-01T00:00:00Z");
const DAY_MS = 24 * 60 * 60 * 1000;

const StoredCa = z.strictObject({ key: z.base64(), certificate: z.base64() });

/** What a signature is made with. */
export interface Credential {
  readonly key: CryptoKey;
  readonly certificate: Certificate;
  /** Of who issued it, to be sent along. */
  readonly chain: readonly Certificate[];
}

export interface LocalCa {
  /** As certificates name their issuer. */
  readonly name: string;
  /** A fresh key with a certificate for the day of `at`. */
  certify(name: string, at: Date): Promise<Credential>;
}

/** Opens the authority kept in this folder; makes it, readable by its owner only, where there is none. */
export async function openLocalCa(directory: string): Promise<LocalCa> {
  const path = join(directory, "tte-contoh-ca.json");
  const text = await readFile(path, "utf8").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await keepOnce(path, JSON.stringify(await newCa()));
    return readFile(path, "utf8");
  });
  const stored = StoredCa.parse(JSON.parse(text));
  const key = await crypto.subtle.importKey(
    "pkcs8",
    Buffer.from(stored.key, "base64"),
    CURVE,
    false,
    ["sign"],
  );
  const issuer = Certificate.fromBER(Buffer.from(stored.certificate, "base64"));
  return {
    name: CA_NAME,
    async certify(name, at) {
      const pair = await newPair();
      const certificate = await certified({
        name: name.startsWith("CONTOH") ? name : `CONTOH ${name}`,
        publicKey: pair.publicKey,
        since: new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS),
        until: new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS + 2 * DAY_MS),
        issuer: { name: CA_NAME, key },
        authority: false,
      });
      return { key: pair.privateKey, certificate, chain: [issuer] };
    },
  };
}

async function newCa(): Promise<z.infer<typeof StoredCa>> {
  const pair = await newPair();
  const certificate = await certified({
    name: CA_NAME,
    publicKey: pair.publicKey,
    since: CA_SINCE,
    until: CA_UNTIL,
    issuer: { name: CA_NAME, key: pair.privateKey },
    authority: true,
  });
  const key = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  return {
    key: Buffer.from(key).toString("base64"),
    certificate: Buffer.from(certificate.toSchema(true).toBER()).toString("base64"),
  };
}

function newPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
}

async function certified(input: {
  readonly name: string;
  readonly publicKey: CryptoKey;
  readonly since: Date;
  readonly until: Date;
  readonly issuer: { readonly name: string; readonly key: CryptoKey };
  readonly authority: boolean;
}): Promise<Certificate> {
  const certificate = new Certificate();
  certificate.version = 2;
  const serial = getRandomValues(new Uint8Array(16));
  // Positive and of full length whatever was drawn.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  certificate.serialNumber = new asn1js.Integer({ valueHex: serial.buffer });
  certificate.subject.typesAndValues.push(commonName(input.name));
  certificate.issuer.typesAndValues.push(commonName(input.issuer.name));
  certificate.notBefore.value = input.since;
  certificate.notAfter.value = input.until;
  certificate.extensions = [
    extension("2.5.29.19", new BasicConstraints({ cA: input.authority }).toSchema()),
    extension("2.5.29.15", usage(input.authority)),
  ];
  await certificate.subjectPublicKeyInfo.importKey(input.publicKey);
  await certificate.sign(input.issuer.key, "SHA-256");
  return certificate;
}

function commonName(name: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({
    type: "2.5.4.3",
    value: new asn1js.Utf8String({ value: name }),
  });
}

function extension(id: string, value: { toBER(sizeOnly?: boolean): ArrayBuffer }): Extension {
  return new Extension({
    extnID: id,
    critical: true,
    extnValue: value.toBER(false),
  });
}

/** keyCertSign and cRLSign for the authority; digitalSignature and nonRepudiation for a person. */
function usage(authority: boolean): asn1js.BitString {
  const bits = new Uint8Array([authority ? 0b0000_0110 : 0b1100_0000]);
  return new asn1js.BitString({ valueHex: bits.buffer, unusedBits: authority ? 1 : 6 });
}

/** Of two processes that start at once, one keeps its file and the other reads that, whole. */
async function keepOnce(path: string, text: string): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  await writeFile(part, text, { mode: 0o600, flag: "wx" });
  try {
    await link(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(part, { force: true });
  }
}
