const running = new Map<string, Promise<unknown>>();

/**
 * One at a time for each key, in the order of the calls. Only within this process, which alone owns
 * the database file; what must hold beyond it needs a guard in the batch as well.
 */
export async function exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = running.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  running.set(key, mine);
  try {
    return await mine;
  } finally {
    if (running.get(key) === mine) running.delete(key);
  }
}
