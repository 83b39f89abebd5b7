import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { go } from '../../app/router.ts'
import { pages } from '../../pages.ts'
import { words } from '../../words/index.ts'
import { Confirmed } from './confirmed.tsx'

/** Goes out of a conversation, or ends it for everybody. */
export function Leaving({ conversation: { conversation_id, type, role } }: { conversation: OwnConversation }) {
  const { details: text } = words
  const isGroup = type === 'group'
  async function leave(): Promise<void> {
    if (isGroup) {
      await client.rest.conversations.removeParticipant({ conversation_id, user_id: client.userId ?? '' })
    } else {
      await client.rest.conversations.delete({ conversation_id })
    }
    go(pages.home)
  }
  async function end(): Promise<void> {
    await client.rest.conversations.delete({ conversation_id })
    go(pages.home)
  }
  return (
    <section class="setting-group">
      <Confirmed label={text.leave} question={isGroup ? text.leaveGroup : text.leaveDirect} onConfirm={leave} />
      {isGroup && role === 'owner' && <Confirmed label={text.end} question={text.endForAll} onConfirm={end} />}
    </section>
  )
}
