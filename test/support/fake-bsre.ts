/**
 * The client service of BSrE as an agency's server would run it, on a free port of the loopback. It
 * checks the account, knows people by NIK and passphrase, and truly signs; it can be told to misbehave.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LocalCa } from "#functions/signing/local-ca.ts";
import { readSignatures } from "#functions/signing/read-signatures.ts";
import { signPdf } from "#functions/signing/sign-pdf.ts";

export interface FakePerson {
  readonly name: string;
  readonly passphrase: string;
  readonly status: "ISSUE" | "EXPIRED";
}

/** How the next signing goes wrong; afterwards all is well again. */
export type Fault =
  | "never-answers"
  | "cut-before-signing"
  | "cut-after-signing"
  | "cut-within-the-file"
  | "page-instead-of-file"
  | "json-instead-of-file"
  | "unsigned-file"
  | "another-file-type"
  | "breaks"
  | "sends-elsewhere";

export interface FakeBsre extends AsyncDisposable {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Everything that was asked, in order: method and path. */
  readonly asked: string[];
  /** Names and values of the last form. */
  readonly form: Map<string, string>;
  fail(fault: Fault): void;
}

const ACCOUNT = { user: "portal", password: "sandi-layanan-contoh" } as const;

export async function startFakeBsre(
  ca: LocalCa,
  people: ReadonlyMap<string, FakePerson>,
): Promise<FakeBsre> {
  const asked: string[] = [];
  const form = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const held = new Set<ServerResponse>();
  let fault: Fault | null = null;

  const sign = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const wrong = fault;
    fault = null;
    const sent = await formOf(req);
    form.clear();
    for (const [name, value] of sent) if (typeof value === "string") form.set(name, value);
    const person = people.get(form.get("nik") ?? "");
    if (wrong === "never-answers") return void held.add(res);
    if (wrong === "cut-before-signing") return void res.destroy();
    if (wrong === "breaks") return void res.writeHead(500).end("java.lang.NullPointerException");
    if (wrong === "sends-elsewhere") return void res.writeHead(307, { location: "/lain" }).end();
    if (wrong === "page-instead-of-file") {
      return void res.writeHead(200, { "content-type": "text/html" }).end("<h1>Gateway</h1>");
    }
    if (wrong === "json-instead-of-file") return tell(res, 200, 9999, "tidak jelas");
    if (!person) return tell(res, 400, 2011, "User tidak terdaftar");
    if (person.status === "EXPIRED") return tell(res, 400, 2040, "Sertifikat tidak berlaku");
    if (form.get("passphrase") !== person.passphrase) {
      return tell(res, 400, 2031, "Passphrase anda salah");
    }
    const file = sent.get("file");
    if (!(file instanceof File)) return tell(res, 400, 2001, "Berkas tidak ada");
    const plain = await file.bytes();
    if (wrong === "unsigned-file") return void res.writeHead(200).end(plain);
    if (wrong === "another-file-type") return void res.writeHead(200).end("PK");
    const at = new Date();
    const credential = await ca.certify(person.name, at);
    const signed = await signPdf(plain, credential, {
      name: person.name,
      reason: form.get("reason") ?? "",
      at,
    });
    const id = String(files.size + 1).padStart(8, "0");
    files.set(id, signed);
    if (wrong === "cut-after-signing") return void res.destroy();
    res.writeHead(200, { "content-type": "application/pdf", id_dokumen: id });
    if (wrong === "cut-within-the-file") {
      res.write(signed.subarray(0, 1_000), () => setImmediate(() => res.destroy()));
      return;
    }
    res.end(signed);
  };

  /** Only what its own CA certified is valid here, as with the real one. */
  const judge = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const wrong = fault;
    fault = null;
    const file = (await formOf(req)).get("signed_file");
    if (wrong === "page-instead-of-file") return void res.writeHead(200).end("<h1>Gateway</h1>");
    if (!(file instanceof File)) return tell(res, 400, 2001, "Berkas tidak ada");
    const found = await readSignatures(await file.bytes());
    const sound = found.every(({ intact, issuer }) => intact && issuer === ca.name);
    const valid = sound && found.at(-1)?.whole === true;
    const summary = valid ? "DOCUMENT VALID !!!" : "DOCUMENT NOT VALID !!!";
    res.writeHead(200, { "content-type": "application/json" });
    res.end(
      JSON.stringify({
        nama_dokumen: file.name,
        jumlah_signature: found.length,
        summary: found.length === 0 ? null : summary,
        details: found.map(({ signer, issuer }) => ({
          info_signer: { signer_name: signer, issuer_dn: `CN=${issuer}` },
        })),
      }),
    );
  };

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = req.url ?? "/";
    asked.push(`${req.method} ${path}`);
    const account = Buffer.from(`${ACCOUNT.user}:${ACCOUNT.password}`).toString("base64");
    if (req.headers.authorization !== `Basic ${account}`) return void res.writeHead(401).end();
    if (req.method === "POST" && path === "/api/sign/pdf") return sign(req, res);
    if (req.method === "POST" && path === "/api/sign/verify") return judge(req, res);
    const [, , what, verb, id = ""] = path.split("/");
    if (what === "user" && verb === "status") {
      const person = people.get(id);
      if (!person) return tellStatus(res, 1110, "NOT_REGISTERED");
      return tellStatus(res, person.status === "ISSUE" ? 1111 : 1112, person.status);
    }
    const file = what === "sign" && verb === "download" ? files.get(id) : undefined;
    if (!file) return tell(res, 404, 404, "Dokumen telah didownload sebelumnya");
    files.delete(id);
    res.writeHead(200, { "content-type": "application/pdf" }).end(file);
  };

  const server = createServer((req, res) => {
    answer(req, res).catch((error: unknown) => res.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    ...ACCOUNT,
    asked,
    form,
    fail: (next) => {
      fault = next;
    },
    async [Symbol.asyncDispose]() {
      for (const res of held) res.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function formOf(req: IncomingMessage): Promise<FormData> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const headers = { "content-type": req.headers["content-type"] ?? "" };
  return new Response(Buffer.concat(chunks), { headers }).formData();
}

function tell(res: ServerResponse, status: number, code: number, error: string): void {
  res.writeHead(status, { "content-type": "application/json" });
  res.end(JSON.stringify({ error, status_code: code }));
}

function tellStatus(res: ServerResponse, code: number, status: string): void {
  res.writeHead(200, { "content-type": "application/json" });
  res.end(JSON.stringify({ status_code: code, status, message: status }));
}
