/** Where a relay listens for new rows of a topic. */
export function wakeChannel(topic: string): string {
  return `outbox:${topic}`
}
