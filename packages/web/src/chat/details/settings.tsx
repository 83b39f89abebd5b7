import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import { words } from '../../words/index.ts'
import { put } from '../list/conversations.ts'
import { Retention } from './retention.tsx'

const daySeconds = 86_400
/** How long messages live, in seconds; 0 is for as long as the conversation. */
const lives = [0, 3_600, daySeconds, 7 * daySeconds, 30 * daySeconds]

type Props = { conversation: OwnConversation; mayChange: boolean }

/** How long messages live and are kept, and what newcomers to a group see. */
export function Settings({ conversation, mayChange }: Props) {
  const { conversation_id, type, message_ttl_seconds: life, history } = conversation
  const { details: text } = words
  type Change = Omit<Parameters<typeof client.rest.conversations.updateSettings>[0], 'conversation_id'>
  const change = (facts: Change) =>
    attempt(async () => put(await client.rest.conversations.updateSettings({ conversation_id, ...facts })))
  const now = life ?? 0
  return (
    <>
      <label class="setting">
        <span>{text.life}</span>
        <select
          value={now}
          disabled={!mayChange}
          onChange={(event) => change({ message_ttl_seconds: Number(event.currentTarget.value) || null })}
        >
          {[...new Set([...lives, now])].map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? text.forever : text.span(seconds)}
            </option>
          ))}
        </select>
      </label>
      <Retention
        conversation={conversation}
        mayChange={mayChange}
        onChange={(days) => change({ retention_days: days })}
      />
      {type === 'group' && (
        <label class="setting">
          <span>{text.history}</span>
          <select
            value={history}
            disabled={!mayChange}
            onChange={(event) => change({ history: event.currentTarget.value === 'all' ? 'all' : 'joined' })}
          >
            <option value="all">{text.histories.all}</option>
            <option value="joined">{text.histories.joined}</option>
          </select>
        </label>
      )}
    </>
  )
}
