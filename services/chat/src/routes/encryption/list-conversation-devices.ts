import { devices } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { assertMember } from '../../assert-member.ts'
import type { Context } from '../../context.ts'
import { nothingToCommit } from '../../errors.ts'
import { listDevicesOfMembers } from '../../stores/devices.ts'
import { findGroupState } from '../../stores/group-state.ts'

export const listConversationDevices = route(
  devices.listOfConversation,
  ({ sql }: Pick<Context, 'sql'>) =>
    async ({ params: { conversation_id: conversationId }, caller: { userId } }) => {
      await assertMember(sql, { conversationId, userId })
      const state = await findGroupState(sql, conversationId)
      if (!state) throw nothingToCommit()
      return { ...state, devices: await listDevicesOfMembers(sql, conversationId) }
    },
)
