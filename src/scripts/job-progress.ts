interface ProgressNotice {
  readonly job: string;
  readonly percent: number | null;
  readonly message: string;
}

/** Shows news of a job wherever the job stands. */
export function showProgress(area: ParentNode, notice: ProgressNotice): void {
  for (const job of area.querySelectorAll(`[data-job="${CSS.escape(notice.job)}"]`)) {
    const bar = job.querySelector("progress");
    const message = job.querySelector("[data-message]");
    if (bar && notice.percent !== null) bar.value = notice.percent;
    if (message) message.textContent = notice.message;
  }
}
