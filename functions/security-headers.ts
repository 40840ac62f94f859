/** One policy: no inline script or style anywhere. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
].join("; ");

/** On every answer, static or not. */
const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ["content-security-policy", POLICY],
  ["referrer-policy", "same-origin"],
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"],
];

/** The same, and where people come by HTTPS: never again by anything else. */
export function securityHeaders(origin: string): readonly (readonly [string, string])[] {
  if (!origin.startsWith("https:")) return SECURITY_HEADERS;
  return [...SECURITY_HEADERS, ["strict-transport-security", "max-age=31536000"]];
}

/**
 * Policies of single files. The search compiles WebAssembly; it does so in a worker, which stands
 * under the policy of its own file, so that no page needs to allow it.
 */
export const POLICIES: ReadonlyMap<string, string> = new Map([
  [
    "/pagefind/pagefind-worker.js",
    POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"),
  ],
]);
