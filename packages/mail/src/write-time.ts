/** A point of time as people read it, whatever zone they live in; from RFC 3339. */
export function writeTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`
}

/** A span of whole minutes or hours, as people say it. */
export function writeSpan(ms: number): string {
  const minutes = ms / 60_000
  return minutes < 60 ? `${minutes} minutes` : `${minutes / 60} hours`
}
