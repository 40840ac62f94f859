import { Cron } from "croner";

/** Whether a text of five fields names at least one moment to come ("0 0 30 2 *" names none). */
export function isCron(text: string): boolean {
  try {
    return new Cron(text, { mode: "5-part", timezone: "Asia/Jakarta" }).nextRun() !== null;
  } catch {
    return false;
  }
}
