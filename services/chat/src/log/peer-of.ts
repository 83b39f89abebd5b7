import type { Head } from '../stores/conversation-log.ts'

/** The other one of a direct conversation; groups have none. */
export function peerOf({ type, pair }: Pick<Head, 'type' | 'pair'>, userId: string): string | null {
  if (type === 'group' || pair === null) return null
  return pair.split(':').find((id) => id !== userId) ?? null
}
