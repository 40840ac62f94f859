import type { Deps } from "../deps.ts";
import { changePassword } from "./change-password.ts";
import { oidcBegin, oidcEnd } from "./oidc.ts";
import { newTotpCodes, ownAccount, ownTotpSetup, setTotp } from "./own-account.ts";
import {
  addPasskey,
  askPasskey,
  removePasskey,
  renamePasskey,
  signInByPasskey,
} from "./passkeys.ts";
import { issueRecovery, type RecoveryOrder, recoveryOf, useRecovery } from "./recover.ts";
import { endOtherSessions, endSession } from "./sessions.ts";
import { enterCode, signInByPassword, signOut } from "./sign-in.ts";

/** How people sign in, and what they may change about it themselves. */
export function accountServices(deps: Deps) {
  return {
    signIn: (input: { email: string; password: string; headers: Headers }) =>
      signInByPassword(deps, input),
    challenged: (headers: Headers) => deps.accounts.challenged(headers),
    enterCode: (input: { code: string; headers: Headers }) => enterCode(deps, input),
    signOut: (headers: Headers) => signOut(deps, headers),
    passkeyAsk: (headers: Headers) => deps.accounts.passkeyAsk("sign-in", headers),
    signInByPasskey: (response: Readonly<Record<string, unknown>>, headers: Headers) =>
      signInByPasskey(deps, { response, headers }),
    oidcBegin: (returnTo: string, headers: Headers) => oidcBegin(deps, { returnTo, headers }),
    oidcEnd: (request: Request) => oidcEnd(deps, request),
    own: (headers: Headers) => ownAccount(deps, headers),
    totpSetup: (headers: Headers) => ownTotpSetup(deps, headers),
    setTotp: (input: { code: string; password: string | null; headers: Headers }) =>
      setTotp(deps, input),
    newRecoveryCodes: (input: { password: string; headers: Headers }) => newTotpCodes(deps, input),
    changePassword: (input: { current: string; next: string; again: string; headers: Headers }) =>
      changePassword(deps, input),
    askPasskey: (input: { password: string; name: string; headers: Headers }) =>
      askPasskey(deps, input),
    addPasskey: (input: {
      response: Readonly<Record<string, unknown>>;
      name: string;
      headers: Headers;
    }) => addPasskey(deps, input),
    renamePasskey: (input: { id: string; name: string; headers: Headers }) =>
      renamePasskey(deps, input),
    removePasskey: (input: { id: string; headers: Headers }) => removePasskey(deps, input),
    endSession: (input: { id: string; headers: Headers }) => endSession(deps, input),
    endOtherSessions: (headers: Headers) => endOtherSessions(deps, headers),
    issueRecovery: (order: RecoveryOrder) => issueRecovery(deps, order),
    recoveryOf: (code: string) => recoveryOf(deps, code),
    useRecovery: (input: { code: string; password: string; again: string }) =>
      useRecovery(deps, input),
  };
}
