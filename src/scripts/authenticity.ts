import {
  digestInFragment,
  entriesOf,
  type ManifestEntry,
  type Shown,
  type Verdict,
  verdictOnData,
  verdictOnFile,
  verdictOnPrint,
} from "./verdicts.ts";

/** A file is hashed whole, since browsers hash no streams. */
const FILE_BYTES_MAX = 20_000_000;
const MANIFEST = "/manifes.json";

/** Compares printed copies, published data and PDF files with the version that the page shows. */
export async function openAuthenticity(section: HTMLElement): Promise<void> {
  const { slug = "", versi = "", digest = "", data = "" } = section.dataset;
  const shown: Shown = { slug, versi: Number(versi), digest };
  const results = section.querySelector("[role=status]");
  const file = section.querySelector<HTMLInputElement>("input[type=file]");
  const check = section.querySelector<HTMLButtonElement>("button");
  if (!results || !file || !check) return;
  let turn = 0;
  /** A slow check never writes over a later one. */
  const begin = (): ((verdicts: readonly Verdict[]) => void) => {
    turn += 1;
    const mine = turn;
    return (verdicts) => {
      if (mine === turn) results.replaceChildren(...verdicts.map(noteOf));
    };
  };

  const checkPage = async (): Promise<void> => {
    const show = begin();
    const printed = digestInFragment(location.hash);
    const ofPrint = printed === null ? [] : [verdictOnPrint(shown, printed, await readManifest())];
    // The verdict on the paper in the reader's hand stands first and does not wait for the other.
    show(ofPrint);
    if (!isSecureContext) return;
    const ofData = await verdictOnPublished(shown, data);
    // Nothing green beside a copy that must not be used.
    const calm = ofPrint.some(({ tone }) => tone === "negative") && ofData.tone === "positive";
    show([...ofPrint, calm ? { ...ofData, tone: "plain" } : ofData]);
  };
  const checkFile = async (): Promise<void> => {
    const chosen = file.files?.[0];
    if (chosen) begin()([await verdictOnChosen(shown, chosen)]);
  };
  const cameByPrint = (): void => {
    if (digestInFragment(location.hash) === null) return;
    section.scrollIntoView({ behavior: "instant" });
    void checkPage();
  };
  check.addEventListener("click", () => void checkPage());
  file.addEventListener("change", () => void checkFile());
  addEventListener("hashchange", cameByPrint);
  cameByPrint();
  await checkFile();
}

async function verdictOnPublished(shown: Shown, address: string): Promise<Verdict> {
  try {
    const response = await fetch(address, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${response.status}`);
    return verdictOnData(shown, await sha256(await response.arrayBuffer()));
  } catch {
    return unread("data terbitan tidak dapat dimuat. Periksa jaringan, lalu coba lagi.");
  }
}

async function verdictOnChosen(shown: Shown, file: File): Promise<Verdict> {
  if (file.size > FILE_BYTES_MAX) {
    return unread("berkas lebih dari 20 MB. PDF dari portal ini tidak sebesar itu.");
  }
  try {
    return verdictOnFile(shown, await sha256(await file.arrayBuffer()), await readManifest());
  } catch {
    return unread("berkas tidak terbaca. Pilih berkasnya lagi.");
  }
}

function unread(reason: string): Verdict {
  return { tone: "plain", text: `Belum dapat diperiksa: ${reason}`, link: null };
}

async function readManifest(): Promise<readonly ManifestEntry[] | null> {
  try {
    const response = await fetch(MANIFEST, { cache: "no-cache" });
    return response.ok ? entriesOf(await response.json()) : null;
  } catch {
    return null;
  }
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function noteOf({ tone, text, link }: Verdict): HTMLElement {
  const note = document.createElement("p");
  note.className = `note ${tone}`;
  const colon = text.indexOf(":") + 1;
  const verdict = document.createElement("strong");
  verdict.textContent = text.slice(0, colon);
  note.append(verdict, text.slice(colon));
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    note.append(" ", anchor);
  }
  return note;
}
