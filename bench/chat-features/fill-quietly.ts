import type { Person, World } from '../chat/world.ts'

/** Fills a conversation with messages that nobody is notified of: what follows is measured without that. */
export async function fillQuietly(
  world: World,
  { conversationId, sender, each }: { conversationId: string; sender: Person; each: number },
): Promise<void> {
  await world.pool.query(`update members set notification_level = 'none' where conversation_id = $1`, [conversationId])
  await world.fillLogs([conversationId], { each, sender })
}
