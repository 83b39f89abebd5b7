import type { OwnConversation } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import { words } from '../../words/index.ts'
import { shortTimeOf } from '../../words/times.ts'
import { put } from '../list/conversations.ts'

const levels = ['all', 'mentions', 'none'] as const
type Level = (typeof levels)[number]

const isLevel = (value: string): value is Level => levels.some((level) => level === value)

const hourSeconds = 3_600
/** How long it may last, in seconds; 0 is until it is changed. */
const spans = [0, hourSeconds, 8 * hourSeconds, 24 * hourSeconds, 7 * 24 * hourSeconds]

type Wish = { level: Level; until: string | null }

/** What is so now: after its time all is told again. */
function readWish({ notification_level: level, notification_until: until }: OwnConversation): Wish {
  const isOver = until !== null && Date.parse(until) <= Date.now()
  return isOver ? { level: 'all', until: null } : { level, until }
}

/** What of a conversation one is notified of, for good or for a while. */
export function Notifications({ conversation }: { conversation: OwnConversation }) {
  const { conversation_id } = conversation
  const { level, until } = readWish(conversation)
  const { details: text } = words
  function choose(wish: Wish): void {
    void attempt(async () => put(await client.rest.conversations.setNotifications({ conversation_id, ...wish })))
  }
  function chooseSpan(seconds: number): void {
    // What is so already.
    if (Number.isNaN(seconds)) return
    choose({ level, until: seconds === 0 ? null : new Date(Date.now() + seconds * 1_000).toISOString() })
  }
  return (
    <>
      <label class="setting">
        <span>{text.notifications}</span>
        <select
          value={level}
          onChange={({ currentTarget: { value } }) => isLevel(value) && choose({ level: value, until: null })}
        >
          {levels.map((name) => (
            <option key={name} value={name}>
              {text.levels[name]}
            </option>
          ))}
        </select>
      </label>
      {level !== 'all' && (
        <label class="setting">
          <span>{text.quietFor}</span>
          <select
            value={until === null ? 0 : 'chosen'}
            onChange={(event) => chooseSpan(Number(event.currentTarget.value))}
          >
            {until !== null && <option value="chosen">{text.quietUntil(shortTimeOf(until))}</option>}
            {spans.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? text.quietAlways : text.quietSpan(seconds / hourSeconds)}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  )
}
