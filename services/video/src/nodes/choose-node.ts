import type { Context } from '../context.ts'
import { findOtherNode } from '../stores/nodes.ts'

/** So much less must another node have to do, that a new room is brought there. */
const clearlyLess = 0.1

/** Whether rooms may be opened at this process. */
export function takesRooms({ rooms, pool }: Pick<Context, 'rooms' | 'pool'>): boolean {
  return !rooms.isLeaving && pool.hasRoom
}

/** Where a room that is nowhere yet is opened: here, unless another node has less to do or this one takes none. */
export async function chooseNode(context: Pick<Context, 'sql' | 'config' | 'rooms' | 'pool'>): Promise<string> {
  const { sql, config, rooms, pool } = context
  const { holder } = rooms
  if (!takesRooms(context)) return (await findOtherNode(sql, { holder })) ?? config.videoNode
  const below = pool.load - clearlyLess
  const other = below > 0 ? await findOtherNode(sql, { holder, below }) : undefined
  return other ?? config.videoNode
}
