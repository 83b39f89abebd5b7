import { client } from '../app/client.ts'
import { isEncrypted } from '../chat/list/conversations.ts'
import { membersOf } from '../chat/members.ts'
import { useTalk } from '../chat/talk.ts'
import { ActButton } from '../controls/act-button.tsx'
import { Button } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { type DeviceNews, knownPerson, newsOf } from './known-people.ts'
import type { OpenDevice } from './open-device.ts'
import { openDevice } from './own-device.ts'

const peopleOf = (conversationId: string) => membersOf(conversationId).map(({ user_id }) => user_id)

/** What changed with the devices of those in a conversation, oldest first. */
export const newsIn = (conversationId: string): readonly DeviceNews[] =>
  isEncrypted(conversationId) ? newsOf(peopleOf(conversationId)) : []

/** What changed, in a sentence. */
function describe({ userId, added, replaced, wasVerified }: Omit<DeviceNews, 'at'>): string {
  const { news } = words.encryption
  const isOwn = userId === client.userId
  const name = nameOf(userId)
  const [addedText, replacedText, removedText] = isOwn
    ? [news.ownAdded, news.ownReplaced, news.ownRemoved]
    : [news.added(name), news.replaced(name), news.removed(name)]
  const text = replaced.length > 0 ? replacedText : added.length > 0 ? addedText : removedText
  return wasVerified ? `${text} ${news.wasVerified(name)}` : text
}

/** A line among the messages, where devices changed. */
export function NewsLine({ news }: { news: DeviceNews }) {
  return (
    <li class="device-news">
      {icons.key}
      {describe(news)}
    </li>
  )
}

/** Before one writes: whose devices changed since one took notice of them. */
export function UnseenNews() {
  const { conversationId, panel } = useTalk()
  const { value: device } = openDevice
  const unseen = peopleOf(conversationId).flatMap((userId) => {
    const person = knownPerson(userId)
    return person?.change ? [{ person, change: { ...person.change, userId } }] : []
  })
  if (unseen.length === 0 || !device) return null
  const { news } = words.encryption
  const isGrave = unseen.some(({ change: { replaced, wasVerified } }) => replaced.length > 0 || wasVerified)
  async function see({ encryption: { known } }: OpenDevice): Promise<void> {
    for (const { person } of unseen) await known.takeNotice(person)
  }
  return (
    <div class={`notice ${isGrave ? 'error' : ''}`} role="alert">
      {unseen.map(({ change }) => (
        <p key={change.userId}>{describe(change)}</p>
      ))}
      <p class="choices">
        <Button onClick={() => (panel.value = 'details')}>{news.look}</Button>
        <ActButton kind="quiet" onAct={() => see(device)}>
          {news.seen}
        </ActButton>
      </p>
    </div>
  )
}
