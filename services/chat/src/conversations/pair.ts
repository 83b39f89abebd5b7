/** What two people's conversation is found by, whoever of them asks; `peerOf` reads it. */
export function toPair(a: string, b: string): string {
  return [a, b].sort().join(':')
}
