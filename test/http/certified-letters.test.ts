/**
 * Letters signed by the client service of BSrE, from the official's form to the stored file: what is
 * refused leaves nothing behind, and neither NIK nor passphrase is ever written down.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isNotNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents } from "#db/schema/requests.ts";
import { PASSPHRASE_FIELD } from "#domain/workflow/form.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import { setSigner } from "#functions/services/signing/set-signer.ts";
import { openLocalCa } from "#functions/signing/local-ca.ts";
import { type FakeBsre, startFakeBsre } from "#support/fake-bsre.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import { tempDir } from "#support/temp-dir.ts";
import {
  decide,
  decisionFor,
  KUKAR,
  look,
  Office,
  refusedDecision,
  type Submitted,
  sopOf,
  submit,
} from "./office.ts";

const NIK = "6400000000000001";
const PASSPHRASE = "frasa-bocor-rahasia";
const FIELD = PASSPHRASE_FIELD.name;

let directory: Awaited<ReturnType<typeof tempDir>>;
let fake: FakeBsre;
let portal: TestPortal;
let submitted: Submitted;
let official: Official;
let view: RequestView;

beforeAll(async () => {
  directory = await tempDir();
  const person = {
    name: "CONTOH Penanda Tangan",
    passphrase: PASSPHRASE,
    status: "ISSUE",
  } as const;
  fake = await startFakeBsre(await openLocalCa(directory.path), new Map([[NIK, person]]));
  portal = await openTestPortal({
    env: {
      PULIH_CONTOH: "0",
      PULIH_TTE: "bsre-v1",
      PULIH_BSRE_URL: fake.url,
      PULIH_BSRE_USER: fake.user,
      PULIH_BSRE_PASSWORD: fake.password,
    },
  });
  const sop = sopOf(portal, KUKAR);
  submitted = await submit(portal, KUKAR, { jenis: "restore" });
  const office = new Office(portal);
  for (;;) {
    const { next } = await look(portal, submitted.ref, { code: submitted.code });
    if (!next) throw new Error("no act asked for a passphrase");
    official = await office.of(sop, next.role);
    view = await look(portal, submitted.ref, official);
    if (view.next?.fields.some(({ name }) => name === FIELD)) return;
    const answered = await decide(portal, submitted.ref, official, decisionFor(view, []));
    if (!answered.ok) throw new Error(`${answered.status} ${await answered.text()}`);
  }
}, 60_000);
afterAll(async () => {
  await portal?.[Symbol.asyncDispose]();
  await fake?.[Symbol.asyncDispose]();
  await directory?.[Symbol.asyncDispose]();
});

const decision = (passphrase: string) => ({ ...decisionFor(view, []), [FIELD]: passphrase });
const signed = () =>
  portal.deps.db.orm.select().from(documents).where(isNotNull(documents.signedBy));
const refusal = (passphrase: string) =>
  refusedDecision(portal, submitted.ref, official, decision(passphrase));

describe("an act whose letter is signed with a certificate", () => {
  it("is refused until the data of its signer are there", async () => {
    expect(await refusal(PASSPHRASE)).toMatchObject({ status: 409, code: "SIGN_IDENTITY" });
    expect(fake.asked).toEqual([]);
    await setSigner(portal.deps, {
      person: official.person,
      nip: "",
      rank: "",
      nik: NIK,
      by: "admin",
    });
  });

  it("is refused by a wrong passphrase, said beside its field, after one call", async () => {
    expect(await refusal("frasa-bocor-salah")).toMatchObject({
      status: 422,
      code: "SIGN_PASSPHRASE",
      perbaikan: [{ field: FIELD }],
    });
    expect(fake.asked).toEqual(["POST /api/sign/pdf"]);
  });

  it("stays as it was while the service does not answer, and may be tried again by a person", async () => {
    for (const fault of ["cut-after-signing", "breaks", "unsigned-file"] as const) {
      fake.fail(fault);
      const { code } = await refusal(PASSPHRASE);
      expect(["SIGN_UNREACHABLE", "SIGN_REFUSED"]).toContain(code);
    }
    expect(await signed()).toEqual([]);
  });

  it("gives back the form without the passphrase", async () => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(decision("frasa-bocor-salah"))) {
      for (const one of [value].flat()) body.append(name, String(one));
    }
    const answer = await portal.fetch(`/api/requests/${submitted.ref}/decisions`, {
      method: "POST",
      headers: { cookie: official.cookie, accept: "text/html" },
      body,
    });
    expect(answer.status).toBe(303);
    const back = new URL(answer.headers.get("location") ?? "", "http://portal.test");
    const draft = portal.services.drafts.read(back.searchParams.get("draf") ?? "");
    expect(draft?.problems.map(({ field }) => field)).toEqual([FIELD]);
    expect(draft?.values).not.toHaveProperty(FIELD);
    expect(JSON.stringify([draft, [...answer.headers]])).not.toContain("bocor");
  });

  it("leaves a letter signed by the certificate, which anybody may verify", async () => {
    const answer = await decide(portal, submitted.ref, official, decision(PASSPHRASE));
    expect(await answer.text()).not.toContain("galat");
    const [letter, ...others] = await signed();
    expect(others).toEqual([]);
    expect(letter?.signedBy?.by).toBe("bsre-v1");
    const pdf = await portal.deps.files.get(letter?.sha256 ?? "");
    expect(await portal.deps.signer?.verify(pdf)).toMatchObject({ valid: true });
    expect(await portal.services.verify(letter?.code ?? "")).toMatchObject({
      signedWith: "bsre-v1",
      sample: false,
      signer: letter?.signedBy?.title,
    });
  });

  it("never had NIK or passphrase written down: not in database, files, log or events", async () => {
    const files = await readdir(portal.pathOf("."), { recursive: true, withFileTypes: true });
    let read = 0;
    for (const file of files.filter((one) => one.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const secret of [PASSPHRASE, "frasa-bocor-salah", NIK, fake.password]) {
        expect(bytes.includes(secret), `${secret} in ${file.name}`).toBe(false);
      }
      read += 1;
    }
    expect(read).toBeGreaterThan(5);
    const log = JSON.stringify(portal.log);
    expect(log).toContain('"result":"SIGN_PASSPHRASE"');
    for (const secret of ["bocor", NIK, fake.password]) expect(log).not.toContain(secret);
  });
});
