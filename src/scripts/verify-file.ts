/** Compares a PDF on the reader's own machine with the digest on the page; no byte of it is sent. */
import { type FileVerdict, verdictOnLetter } from "./letter-verdict.ts";

/** A file is hashed whole, since browsers hash no streams. */
const FILE_BYTES_MAX = 20_000_000;

const section = document.getElementById("cocokkan");
const input = section?.querySelector<HTMLInputElement>("input[type=file]");
const result = section?.querySelector<HTMLElement>("[role=status]");
// Plain http in an office network: browsers hash nothing there; the line for other tools remains.
if (section && input && result && isSecureContext) {
  let turn = 0;
  const check = async (): Promise<void> => {
    const file = input.files?.[0];
    if (!file) return;
    turn += 1;
    const mine = turn;
    const verdict = await verdictOn(file, section);
    // A slow check never writes over a later one.
    if (mine === turn) result.replaceChildren(noteOf(verdict));
  };
  input.addEventListener("change", () => void check());
  input.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
  void check();
}

async function verdictOn(file: File, { dataset }: HTMLElement): Promise<FileVerdict> {
  const { digest = "", contoh } = dataset;
  if (file.size > FILE_BYTES_MAX) {
    return { tone: "plain", title: "Belum dapat diperiksa:", text: "berkas lebih dari 20 MB." };
  }
  try {
    const sha256 = await digestOf(await file.arrayBuffer());
    return verdictOnLetter({ digest, sample: contoh !== undefined }, sha256);
  } catch {
    return {
      tone: "plain",
      title: "Belum dapat diperiksa:",
      text: "berkas tidak terbaca. Pilih berkasnya lagi.",
    };
  }
}

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function noteOf({ tone, title, text }: FileVerdict): HTMLElement {
  const note = document.createElement("p");
  note.className = `note ${tone}`;
  const strong = document.createElement("strong");
  strong.textContent = title;
  note.append(strong, ` ${text}`);
  return note;
}
