import { deleteCopy, saveCopy, savedCopy } from "./offline-store.ts";

/** The buttons under a document: save, renew, delete. `pressed` is the click that loaded this script. */
export async function openOfflineCopy(
  area: HTMLElement,
  pressed: EventTarget | null,
): Promise<void> {
  const path = area.dataset["luring"] ?? "";
  const save = area.querySelector("[data-simpan]");
  const remove = area.querySelector<HTMLElement>("[data-hapus]");
  const status = area.querySelector("[role=status]");
  if (!save || !remove || !status) return;

  const show = async (): Promise<void> => {
    const copy = await savedCopy(path);
    save.textContent = copy ? "Perbarui salinan luring" : "Simpan untuk dibaca luring";
    remove.hidden = copy === null;
    status.textContent = copy
      ? `Tersimpan di perangkat ini: ${dateText(copy.savedAt)}. Salinan tidak berubah sendiri; perbarui bila SOP berubah.`
      : "Tidak ada salinan halaman ini di perangkat ini.";
  };
  const attempt = async (doing: string, work: () => Promise<void>): Promise<void> => {
    status.textContent = doing;
    await work().then(show, () => {
      status.textContent =
        "Salinan belum disimpan: jaringan terputus atau ruang perangkat tidak cukup. Periksa, lalu coba lagi.";
    });
  };
  const press = async (target: EventTarget | null): Promise<void> => {
    if (target === save) await attempt("Menyimpan …", () => saveCopy(path, new Date()));
    if (target === remove) {
      await attempt("Menghapus …", () => deleteCopy(path));
      if (save instanceof HTMLElement) save.focus();
    }
  };
  area.addEventListener("click", ({ target }) => void press(target));
  await (pressed === save ? press(pressed) : show());
}

function dateText(date: Date): string {
  return date.toLocaleString("id-ID", { dateStyle: "long", timeStyle: "short" });
}
