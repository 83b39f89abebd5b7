import { limits, people } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { limitReached } from '../../people/errors.ts'
import { holdPair } from '../../people/hold-pair.ts'
import { countOtherBlocks, saveBlock } from '../../stores/blocks.ts'
import { separate } from '../../stores/friendships.ts'

export const blockUser = route(
  people.block,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ params, body: { reason }, caller: { userId } }) => {
      const { user_id: blockedId } = params
      await sql.transaction(async (tx) => {
        await holdPair(tx, userId, blockedId)
        const others = await countOtherBlocks(tx, { userId, blockedId })
        if (others >= limits.blocksPerUser) throw limitReached('people whom you block')
        await saveBlock(tx, { userId, blockedId, reason })
        await separate(tx, userId, blockedId)
      })
      events.userBlocked({ userId, targetId: blockedId })
      return { message: 'You block this person.' }
    },
)
