/** Does the same with all of some things, a batch at a time: a worker that is awake costs less than one that is woken for each. */
export async function inBatches<T, R>(
  things: readonly T[],
  size: number,
  work: (thing: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < things.length; at += size) {
    results.push(...(await Promise.all(things.slice(at, at + size).map(work))))
  }
  return results
}
