import { deleteCopy, type SavedCopy, savedCopies } from "./offline-store.ts";

/** Lists what is saved on this device. Without scripts the page says how it would come here. */
const area = document.querySelector("[data-salinan]");
const template = document.querySelector<HTMLTemplateElement>("template");
if (area && template && "caches" in window && "serviceWorker" in navigator) {
  void show(area, template);
}

async function show(area: Element, template: HTMLTemplateElement): Promise<void> {
  const copies = await savedCopies();
  if (copies.length === 0) {
    area.textContent = "Belum ada salinan di perangkat ini.";
    return;
  }
  const list = document.createElement("ul");
  list.append(...copies.map((copy) => itemOf(copy, template, () => show(area, template))));
  area.replaceChildren(list);
}

function itemOf(
  copy: SavedCopy,
  template: HTMLTemplateElement,
  changed: () => Promise<void>,
): DocumentFragment {
  const item = document.importNode(template.content, true);
  const link = item.querySelector("a");
  const when = item.querySelector("time");
  const remove = item.querySelector("button");
  if (link && when && remove) {
    link.href = copy.path;
    link.textContent = copy.title;
    when.dateTime = copy.savedAt.toISOString();
    when.textContent = copy.savedAt.toLocaleString("id-ID", {
      dateStyle: "long",
      timeStyle: "short",
    });
    remove.setAttribute("aria-label", `Hapus salinan ${copy.title}`);
    remove.addEventListener("click", () => void deleteCopy(copy.path).then(changed));
  }
  return item;
}
