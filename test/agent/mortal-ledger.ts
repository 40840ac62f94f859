/**
 * Loaded before the agent: kills it (SIGKILL) at the n-th point around the calls that make the journal
 * of jobs durable; odd points lie before such a call, even ones after it. n stands in PULIH_TEST_POINT.
 */
import { readlinkSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname } from "node:path";

const dieAt = Number(process.env["PULIH_TEST_POINT"]);
let points = 0;

function point(): void {
  points += 1;
  if (points === dieAt) process.kill(process.pid, "SIGKILL");
}

const file = await open(process.execPath);
const all: Pick<FileHandle, "sync"> = Object.getPrototypeOf(file);
await file.close();
const { sync } = all;
all.sync = async function (this: FileHandle) {
  const path = readlinkSync(`/proc/self/fd/${this.fd}`);
  const isJournal = [basename(path), basename(dirname(path))].includes("journal");
  if (isJournal) point();
  await sync.call(this);
  if (isJournal) point();
};
