import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import { words } from '../../words/index.ts'
import { put } from '../list/conversations.ts'

const levels = ['all', 'mentions', 'none'] as const
type Level = (typeof levels)[number]

const isLevel = (value: string): value is Level => levels.some((level) => level === value)

/** What of a conversation one is notified of. */
export function Notifications({ conversation }: { conversation: OwnConversation }) {
  const { conversation_id, notification_level } = conversation
  const { details: text } = words
  function choose(level: string): void {
    if (!isLevel(level)) return
    void attempt(async () => put(await client.rest.conversations.setNotifications({ conversation_id, level })))
  }
  return (
    <label class="setting">
      <span>{text.notifications}</span>
      <select value={notification_level} onChange={(event) => choose(event.currentTarget.value)}>
        {levels.map((level) => (
          <option key={level} value={level}>
            {text.levels[level]}
          </option>
        ))}
      </select>
    </label>
  )
}
