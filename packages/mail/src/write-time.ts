/** A point of time as people read it, whatever zone they live in; from RFC 3339. */
export function writeTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`
}
