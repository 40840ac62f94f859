import { bytesText, numberText } from "#domain/indonesian.ts";
import type { Work } from "../context.ts";

/** Where no line can be rewritten, figures come no oftener. */
const PLAIN_EVERY_MS = 30_000;
/** A rate of less time than this is a guess. */
const RATE_AFTER_MS = 1_000;
const CLEAR_LINE = "\r\u001b[2K";

export interface ProgressScreen {
  readonly tell: Work["progress"];
  /** Takes the line away, so that something else can be written. */
  clear(): void;
}

/**
 * How far the work is, for the operator who waits: on a terminal one line that is rewritten, else a
 * line for each thing begun and now and then one with figures.
 */
export function createProgressScreen(
  out: {
    readonly write: (text: string) => unknown;
    readonly isTTY: boolean;
    readonly columns?: number;
  },
  nowMs: () => number,
): ProgressScreen {
  let message = "";
  let since = 0;
  let firstBytes = 0;
  let lastPlainAt = 0;
  let isShown = false;

  const clear = (): void => {
    if (isShown) out.write(CLEAR_LINE);
    isShown = false;
  };
  const end = (sentence: string): void => {
    clear();
    out.write(`${sentence}\n`);
  };
  return {
    clear,
    tell(event) {
      const at = nowMs();
      const isNew = event.message !== message;
      if (isNew) {
        message = event.message;
        since = at;
        firstBytes = event.bytes ?? 0;
        lastPlainAt = at;
      }
      const figures = figuresOf(event, at - since, firstBytes);
      if (event.phase === "done") return end(message);
      if (out.isTTY) {
        clear();
        const line = [message, figures].filter(Boolean).join(" ");
        out.write(line.slice(0, Math.max(20, (out.columns ?? 80) - 1)));
        isShown = true;
      } else if (isNew) out.write(`${message}\n`);
      else if (figures !== "" && at - lastPlainAt >= PLAIN_EVERY_MS) {
        lastPlainAt = at;
        out.write(`${message} ${figures}\n`);
      }
    },
  };
}

/** "1,2 GB (40 %), 38 MB/detik, sisa sekitar 2 menit"; what is not known is left out. */
function figuresOf(
  { bytes, percent }: Pick<Parameters<Work["progress"]>[0], "bytes" | "percent">,
  elapsedMs: number,
  firstBytes: number,
): string {
  if (bytes === null) return "";
  const share = percent === null ? "" : ` (${numberText(percent, 0)} %)`;
  const parts = [`${bytesText(bytes)}${share}`];
  const moved = bytes - firstBytes;
  if (elapsedMs >= RATE_AFTER_MS && moved > 0) {
    const perSecond = (moved / elapsedMs) * 1_000;
    parts.push(`${bytesText(Math.round(perSecond))}/detik`);
    if (percent !== null && percent > 0 && percent < 99) {
      const whole = bytes / (percent / 100);
      parts.push(`sisa sekitar ${durationText((whole - bytes) / perSecond)}`);
    }
  }
  return parts.join(", ");
}

/** "45 detik", "3 menit", "2 jam 5 menit". */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} detik`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} menit`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? `${hours} jam` : `${hours} jam ${rest} menit`;
}
