import type { Deps } from "../deps.ts";
import type { Cookies } from "./accounts.ts";

type Needs = Pick<Deps, "accounts" | "log">;
type Going = Cookies & { readonly location: string };

/** Sends the person to the agency's own sign-in service. */
export async function oidcBegin(
  deps: Needs,
  input: { readonly returnTo: string; readonly headers: Headers },
): Promise<Going> {
  return deps.accounts.oidcBegin(input.returnTo, input.headers);
}

/** Takes them back. Why a sign-in was refused is told by `error` in the address of the page. */
export async function oidcEnd(deps: Needs, request: Request): Promise<Going> {
  const going = await deps.accounts.oidcEnd(request);
  const refused = new URL(going.location, request.url).searchParams.get("error");
  if (refused !== null) deps.log("sign-in-failed", { way: "oidc", code: refused });
  else {
    const cookie = going.cookies.map((line) => line.split(";")[0]).join("; ");
    const person = await deps.accounts.personOf(new Headers({ cookie }));
    deps.log("sign-in", { person: person?.id ?? null, way: "oidc" });
  }
  return going;
}
