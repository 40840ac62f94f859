/** Shows an agent's progress as it comes. Without scripts the page loads anew every few seconds. */
interface ProgressNotice {
  readonly job: string;
  readonly percent: number | null;
  readonly message: string;
}

const area = document.querySelector("[data-stream]");
const address = area?.getAttribute("data-stream");
if (area && address) {
  const source = new EventSource(address);
  source.addEventListener("progress", (event) => show(area, JSON.parse(event.data)));
  source.addEventListener("changed", () => location.reload());
  addEventListener("pagehide", () => source.close());
}

function show(area: Element, notice: ProgressNotice): void {
  const job = area.querySelector(`[data-job="${CSS.escape(notice.job)}"]`);
  const bar = job?.querySelector("progress");
  const message = job?.querySelector("[data-message]");
  if (bar && notice.percent !== null) bar.value = notice.percent;
  if (message) message.textContent = notice.message;
}
