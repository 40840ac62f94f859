/** A real sign-in service of an agency on the loopback, where whoever is named signs in at once. */
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";
import { freePort } from "#support/free-port.ts";

export interface OidcPerson {
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
}

export interface OidcService extends AsyncDisposable {
  readonly issuer: string;
  readonly client: string;
  readonly secret: string;
  /** Who signs in next, and by which methods. */
  next(person: OidcPerson, amr: readonly string[]): void;
  /** What a browser does there: from the address it was sent to, to the address it is sent back to. */
  visit(location: string): Promise<string>;
}

async function signingKey(): Promise<object> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: "RS256", use: "sig" };
}

export async function startOidcService(callback: string): Promise<OidcService> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const [client, secret] = ["pulih", "rahasia-klien-untuk-uji-saja-0123"];
  const people = new Map<string, OidcPerson>();
  let turn: { readonly id: string; readonly amr: readonly string[] } | null = null;

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client,
        client_secret: secret,
        redirect_uris: [callback],
        grant_types: ["authorization_code"],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    claims: { openid: ["sub", "amr"], email: ["email", "email_verified"], profile: ["name"] },
    ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    jwks: { keys: [await signingKey()] },
    conformIdTokenClaims: false,
    cookies: { keys: ["kunci-kue-untuk-uji"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_ctx, { uid }) => `/interaksi/${uid}` },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id) }),
    }),
    // Nobody is asked for consent to their own agency's portal.
    async loadExistingGrant(ctx) {
      const { provider: here, client: to, session } = ctx.oidc;
      const grant = new here.Grant({ clientId: to?.clientId, accountId: session?.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  const server = createServer((req, res) => {
    if (!req.url?.startsWith("/interaksi/")) return void handle(req, res);
    const result = turn
      ? { login: { accountId: turn.id, amr: [...turn.amr] } }
      : { error: "access_denied" };
    void provider.interactionFinished(req, res, result);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    issuer,
    client,
    secret,
    next(person, amr) {
      people.set(person.email, person);
      turn = { id: person.email, amr };
    },
    async visit(location) {
      const jar = new Map<string, string>();
      let at = location;
      while (at.startsWith(issuer)) {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
        const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
        for (const line of answer.headers.getSetCookie()) {
          const [, name = "", value = ""] = line.match(/^([^=]+)=([^;]*)/) ?? [];
          jar.set(name, value);
        }
        const to = answer.headers.get("location");
        if (!to) throw new Error(`${answer.status} ${(await answer.text()).slice(0, 300)}`);
        at = new URL(to, issuer).href;
      }
      return at;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
