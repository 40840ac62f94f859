import nodemailer from "nodemailer";

/** One message to one person, plain text only. */
export interface Mail {
  /** Makes the Message-ID, so that a repeat of the same message is known as one. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailTransport {
  /** Resolves when the server took the message. Throws MailFailure. */
  send(mail: Mail): Promise<void>;
  /** Idempotent; what is being sent fails. */
  close(): void;
}

/** `message` is a code of the protocol: an answer of a server may hold addresses. */
export class MailFailure extends Error {
  /** The server will never take this message. */
  readonly permanent: boolean;
  /** The server itself did not answer as one: others need not be tried now. */
  readonly unreachable: boolean;

  constructor(code: string, kind: { permanent: boolean; unreachable: boolean }) {
    super(code);
    this.name = "MailFailure";
    this.permanent = kind.permanent;
    this.unreachable = kind.unreachable;
  }
}

const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;
/** Of this machine itself: nobody can listen between. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * A pool of connections to one server. Every other machine must offer TLS 1.2 with a certificate
 * that holds, by smtps: or STARTTLS; a password never goes over a bare connection.
 */
export function openMailTransport(
  { smtpUrl, from }: { readonly smtpUrl: string; readonly from: string },
  options: {
    readonly portal: string;
    /** Of a server whose certificate no public authority signed. */
    readonly ca?: string;
    readonly answerMs?: number;
  },
): MailTransport {
  const url = new URL(smtpUrl);
  const secure = url.protocol === "smtps:";
  const local = LOOPBACK.has(url.hostname);
  const pool = nodemailer.createTransport({
    pool: true,
    maxConnections: 3,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !local,
    tls: {
      minVersion: "TLSv1.2",
      rejectUnauthorized: !local,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    },
    ...(url.username === ""
      ? {}
      : {
          auth: {
            user: decodeURIComponent(url.username),
            pass: decodeURIComponent(url.password),
          },
        }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: options.answerMs ?? ANSWER_MS,
    socketTimeout: options.answerMs ?? ANSWER_MS,
    dnsTimeout: CONNECT_MS,
    // The text is ours alone: nothing in it may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const host = new URL(options.portal).hostname;
  return {
    async send({ id, to, subject, text }) {
      try {
        await pool.sendMail({
          from,
          to: { name: "", address: to },
          subject,
          text,
          messageId: `<${id}@${host}>`,
          headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
        });
      } catch (error) {
        throw failureOf(error);
      }
    },
    close: () => pool.close(),
  };
}

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

function failureOf(error: unknown): MailFailure {
  const { code = "EUNKNOWN", command, responseCode } = error as SmtpError;
  // A refused sender or account is the portal's own setting and may be mended; an address is not.
  const ofMessage = command === "RCPT TO" || command === "DATA";
  const permanent = ofMessage && responseCode !== undefined && responseCode >= 500;
  return new MailFailure(responseCode === undefined ? code : String(responseCode), {
    permanent,
    unreachable: !ofMessage || responseCode === undefined,
  });
}
