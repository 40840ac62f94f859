/** The most memory (RSS, bytes) that this process held while `action` ran, looked at every 10 ms. */
export async function peakMemory(action: () => Promise<unknown>): Promise<number> {
  let peak = process.memoryUsage.rss();
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  try {
    await action();
  } finally {
    clearInterval(sampler);
  }
  return peak;
}
