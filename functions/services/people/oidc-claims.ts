/** Classes of sign-in that stand for more than one factor, wherever a service names them. */
const STRONG_CLASSES = new Set([
  "phr",
  "phrh",
  "https://refeds.org/profile/mfa",
  "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
]);

/** Methods of RFC 8176 by kind: what one knows, has, is. */
const KINDS: Readonly<Record<string, string>> = {
  pwd: "knows",
  pin: "knows",
  kba: "knows",
  otp: "has",
  hwk: "has",
  swk: "has",
  sc: "has",
  face: "is",
  fpt: "is",
  iris: "is",
  vbm: "is",
};

/** Whether the agency's service says that more than one factor was shown; silence means no. */
export function showsTwoFactors(claims: Readonly<Record<string, unknown>>): boolean {
  const { acr, amr } = claims;
  if (typeof acr === "string" && STRONG_CLASSES.has(acr)) return true;
  const methods = Array.isArray(amr) ? amr.map(String) : [];
  if (methods.includes("mfa")) return true;
  return new Set(methods.flatMap((method) => KINDS[method] ?? [])).size > 1;
}
