/** A real SMTP server of this test, with the moods of real ones. */
import type { AddressInfo } from "node:net";
import forge from "node-forge";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Received {
  readonly to: string;
  readonly mail: Email;
  readonly raw: string;
  /** The message came over TLS. */
  readonly secure: boolean;
  readonly user: string | null;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly received: readonly Received[];
  /** Recipients named so far, refused ones too. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Address beyond those that count as this machine, so that the rules for other machines hold. */
export const OTHER_HOST = "127.0.0.2";

export async function startMailServer(
  options: SMTPServerOptions & {
    /** Answer to a recipient; null takes it. */
    readonly refuse?: (address: string, times: number) => { code: number; text: string } | null;
    readonly account?: { readonly user: string; readonly password: string };
    /** Never answers the message. */
    readonly silent?: boolean;
    readonly port?: number;
  } = {},
): Promise<MailServer> {
  const received: Received[] = [];
  const asked: string[] = [];
  const { refuse, account, silent, port = 0, ...rest } = options;
  const server = new SMTPServer({
    // Without a certificate of its own it would offer one that everybody knows.
    disabledCommands: [...(account ? [] : ["AUTH"]), ...(rest.key ? [] : ["STARTTLS"])],
    // Clients keep a connection open; the end of the server ends it.
    closeTimeout: 100,
    ...rest,
    onAuth: ({ username, password }, _session, done) =>
      username === account?.user && password === account?.password
        ? done(null, { user: username })
        : done(Object.assign(new Error("no such account"), { responseCode: 535 })),
    onRcptTo: ({ address }, _session, done) => {
      asked.push(address);
      const answer = refuse?.(address, asked.filter((one) => one === address).length) ?? null;
      done(answer && Object.assign(new Error(answer.text), { responseCode: answer.code }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (silent) return;
        const raw = Buffer.concat(chunks).toString();
        PostalMime.parse(raw).then((mail) => {
          const { secure, envelope, user } = session;
          const to = envelope.rcptTo.map(({ address }) => address).join(" ");
          received.push({ to, mail, raw, secure, user: user === undefined ? null : String(user) });
          done();
        }, done);
      });
    },
  });
  // A client that goes away without a word is part of the tests.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(port, "0.0.0.0", resolve));
  const close = () => new Promise<void>((resolve) => server.close(resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    asked,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A key and a certificate for OTHER_HOST that signed itself. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = "01";
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const name = [{ name: "commonName", value: "CONTOH" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true },
    { name: "subjectAltName", altNames: [{ type: 7, ip: OTHER_HOST }] },
  ]);
  certificate.sign(privateKey, forge.md.sha256.create());
  return {
    key: forge.pki.privateKeyToPem(privateKey),
    cert: forge.pki.certificateToPem(certificate),
  };
}
