/**
 * The one script of an SOP page. What only some readers use is loaded when they reach for it, so that
 * a first visit stays light.
 */
const authenticity = document.getElementById("keaslian");
if (authenticity) {
  const tools = authenticity.querySelector<HTMLElement>("[hidden]");
  // Plain http in an office network: browsers hash nothing there, and run no worker.
  if (tools) tools.hidden = !isSecureContext;
  let opened = false;
  const open = (press?: HTMLElement): void => {
    if (opened) return;
    opened = true;
    void import("./authenticity.ts").then(async ({ openAuthenticity }) => {
      await openAuthenticity(authenticity);
      press?.click();
    });
  };
  if (location.hash.startsWith("#sha256=")) open();
  addEventListener("hashchange", () => location.hash.startsWith("#sha256=") && open());
  authenticity.addEventListener("change", () => open());
  authenticity.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement) open(target);
  });
}

const copy = document.querySelector<HTMLElement>("[data-luring]");
if (copy && isSecureContext && "serviceWorker" in navigator) {
  copy.hidden = false;
  const open = async ({ target }: Pick<Event, "target">): Promise<void> => {
    copy.removeEventListener("click", open);
    const { openOfflineCopy } = await import("./offline-copy.ts");
    await openOfflineCopy(copy, target);
  };
  copy.addEventListener("click", open);
  // Whoever saved a page before sees at once whether this one is among them.
  void navigator.serviceWorker.getRegistration("/sop/").then((worker) => {
    if (worker) void open({ target: null });
  });
}
