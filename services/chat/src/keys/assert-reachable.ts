import { listUsers } from '@secureconnect/directory'
import type { Queries } from '@secureconnect/sql'
import { blocked, userNotFound } from '../errors.ts'
import { listBlocksBetween } from '../stores/blocks-between.ts'
import { listMates } from '../stores/devices.ts'

/**
 * Refuses whom one may not write to: people who are not there, and those apart by a block. In a group that both are in
 * they write to each other all the same, and so need each other's keys.
 */
export async function assertReachable(sql: Queries, userId: string, userIds: readonly string[]): Promise<void> {
  const others = userIds.filter((id) => id !== userId)
  if (others.length === 0) return
  if ((await listUsers(sql, others)).length < others.length) throw userNotFound()
  const blocks = await listBlocksBetween(sql, [userId], others)
  const apart = others.filter((id) => blocks.has(`${userId} ${id}`))
  if (apart.length === 0) return
  const mates = new Set(await listMates(sql, userId, apart))
  if (apart.some((id) => !mates.has(id))) throw blocked()
}
