/** The first frame of a socket: what it listens to, and how far it got. */
export function subscribing(conversationId: string, seq?: number): string {
  const position = seq === undefined ? null : { log_epoch: 1, seq }
  return JSON.stringify({ type: 'subscribe', id: '1', positions: { [conversationId]: position } })
}
