import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { MailFailure, type MailTransport, openMailTransport } from "#functions/mail/transport.ts";
import { freePort } from "#support/free-port.ts";
import { type MailServer, OTHER_HOST, selfSigned, startMailServer } from "#support/mail-server.ts";

const FROM = "Portal CONTOH <pulih@kaltim.contoh.go.id>";
const mail = {
  id: "m1",
  to: "budi@dinas.contoh.go.id",
  subject: "Permohonan ABC menunggu – langkah 2",
  text: "Baris pertama.\n\nhttps://portal.test/ruang-kerja/\n",
};

describe("the mail transport", () => {
  let tls: { key: string; cert: string };
  beforeAll(() => {
    tls = selfSigned();
  });
  let server: MailServer | null = null;
  let transport: MailTransport | null = null;
  afterEach(async () => {
    transport?.close();
    await server?.close();
    server = null;
  });
  const open = (url: string, options: { ca?: string; answerMs?: number } = {}): MailTransport => {
    transport = openMailTransport(
      { smtpUrl: url, from: FROM },
      { portal: "https://portal.test", ...options },
    );
    return transport;
  };
  const failure = async (sending: Promise<void>): Promise<MailFailure> => {
    const error = await sending.then(
      () => null,
      (caught: unknown) => caught,
    );
    if (!(error instanceof MailFailure)) throw new Error(`no mail failure but ${String(error)}`);
    return error;
  };

  it("hands over plain text only, which programs know as sent by one", async () => {
    server = await startMailServer();
    await open(`smtp://127.0.0.1:${server.port}`).send(mail);
    const [got] = server.received;
    expect(got?.to).toBe(mail.to);
    expect(got?.mail).toMatchObject({
      subject: mail.subject,
      text: mail.text,
      messageId: "<m1@portal.test>",
      from: { name: "Portal CONTOH", address: "pulih@kaltim.contoh.go.id" },
      attachments: [],
    });
    expect(got?.mail.html).toBeUndefined();
    const header = (key: string) => got?.mail.headers.find((one) => one.key === key)?.value;
    expect(header("auto-submitted")).toBe("auto-generated");
  });

  it("keeps one Message-ID for a message that is sent twice", async () => {
    server = await startMailServer();
    const sender = open(`smtp://127.0.0.1:${server.port}`);
    await sender.send(mail);
    await sender.send(mail);
    expect(server.received.map((one) => one.mail.messageId)).toEqual([
      "<m1@portal.test>",
      "<m1@portal.test>",
    ]);
  });

  it("goes over STARTTLS to another machine, with the account", async () => {
    const account = { user: "portal@dinas", password: "sandi:/@" };
    server = await startMailServer({ ...tls, account });
    const user = encodeURIComponent(account.user);
    const url = `smtp://${user}:${encodeURIComponent(account.password)}@${OTHER_HOST}:${server.port}`;
    await open(url, { ca: tls.cert }).send(mail);
    expect(server.received).toMatchObject([{ secure: true, user: account.user }]);
  });

  it("goes over TLS from the first byte where the address says smtps", async () => {
    server = await startMailServer({ ...tls, secure: true });
    await open(`smtps://${OTHER_HOST}:${server.port}`, { ca: tls.cert }).send(mail);
    expect(server.received).toMatchObject([{ secure: true }]);
  });

  it("sends nothing to another machine without TLS, or with a certificate nobody signed", async () => {
    server = await startMailServer();
    const bare = await failure(open(`smtp://${OTHER_HOST}:${server.port}`).send(mail));
    expect(bare).toMatchObject({ permanent: false, unreachable: true });
    expect(server.asked).toEqual([]);
    await server.close();
    server = await startMailServer(tls);
    const unknown = await failure(open(`smtp://${OTHER_HOST}:${server.port}`).send(mail));
    expect(unknown).toMatchObject({ permanent: false, unreachable: true });
    expect(server.asked).toEqual([]);
  });

  it("counts a wrong account as a matter of the setting, not of the message", async () => {
    server = await startMailServer({ ...tls, account: { user: "a", password: "b" } });
    const url = `smtp://a:salah@${OTHER_HOST}:${server.port}`;
    expect(await failure(open(url, { ca: tls.cert }).send(mail))).toMatchObject({
      message: "535",
      permanent: false,
      unreachable: true,
    });
  });

  it("tells greylisting from an address that does not exist, and keeps the answer's words out", async () => {
    server = await startMailServer({
      refuse: (address) =>
        address === mail.to
          ? { code: 451, text: `greylisted ${address}` }
          : { code: 550, text: `no such user ${address}` },
    });
    const sender = open(`smtp://127.0.0.1:${server.port}`);
    const later = await failure(sender.send(mail));
    expect(later).toMatchObject({ message: "451", permanent: false, unreachable: false });
    const never = await failure(sender.send({ ...mail, to: "tidak-ada@dinas.contoh.go.id" }));
    expect(never).toMatchObject({ message: "550", permanent: true });
    expect(`${later.stack}${never.stack}`).not.toContain("dinas.contoh.go.id");
  });

  it("gives up on a server that is not there, and on one that never answers", async () => {
    const port = await freePort();
    const dead = await failure(open(`smtp://127.0.0.1:${port}`).send(mail));
    expect(dead).toMatchObject({ permanent: false, unreachable: true });
    server = await startMailServer({ silent: true });
    const slow = open(`smtp://127.0.0.1:${server.port}`, { answerMs: 300 });
    expect(await failure(slow.send(mail))).toMatchObject({ permanent: false, unreachable: true });
  });
});
