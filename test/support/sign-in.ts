/** What a person does at the two steps of signing in. */
import { createHmac } from "node:crypto";
import { setTimeout } from "node:timers/promises";

/** What a browser would send back: set and not expired. */
export function cookiesIn(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .filter((line) => !/;\s*max-age=0/i.test(line))
    .map((line) => line.split(";")[0])
    .join("; ");
}

const STEP_MS = 30_000;
/** The newest step of each secret whose code was shown to be entered. */
const shown = new Map<string, number>();

/**
 * What the authenticator app shows, after RFC 6238, from a secret or an otpauth address. Made apart
 * from the code of the portal, so that both must be right. A code works once, so each is one that
 * was not shown before: the next one is taken early, and after that it is waited for as by a person.
 * With `steps`, the code of so many steps from now, whoever saw it.
 */
export async function codeNow(of: string, steps?: number): Promise<string> {
  const secret = of.startsWith("otpauth:")
    ? fromBase32(new URL(of).searchParams.get("secret") ?? "")
    : Buffer.from(of);
  const step = steps === undefined ? await unseenStep(secret.toString("hex")) : stepNow() + steps;
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  const number = (mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, "0");
}

async function unseenStep(secret: string): Promise<number> {
  const step = Math.max(stepNow(), (shown.get(secret) ?? 0) + 1);
  shown.set(secret, step);
  // The portal takes a code one step early.
  const early = (step - 1) * STEP_MS - Date.now();
  if (early > 0) await setTimeout(early);
  return step;
}

function stepNow(): number {
  return Math.floor(Date.now() / STEP_MS);
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  return Buffer.from(
    (bits.join("").match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)),
  );
}
