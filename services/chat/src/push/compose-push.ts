import { limits } from '@secureconnect/protocol'
import type { Push } from '@secureconnect/push'
import type { Queries } from '@secureconnect/sql'
import { shorten } from '../notifications/shorten.ts'
import { findWords, type Pushable } from '../stores/pushable.ts'
import { manners, type PushKind, type WaitingPush } from './waiting-push.ts'

const productName = 'SecureConnect'

type Composition = { push: WaitingPush; device: Pushable; enqueuedAt: Date; content: 'ids' | 'full' }
type Words = Pick<Push, 'title' | 'body'>

/** Kinds whose words are what their cause said. */
const spoken: readonly PushKind[] = ['message', 'mention']

/** Fixed words, unless the operator wants pushes to say what is said; what is encrypted never is. */
async function findText(sql: Queries, { push, content }: Composition): Promise<Words> {
  const fixed = { title: productName, body: manners[push.kind].words }
  const words = content === 'full' && spoken.includes(push.kind) ? await findWords(sql, push) : undefined
  if (!words?.content || !words.sender_name) return fixed
  const text = shorten(words.content, limits.notificationTextCharacters)
  return words.title === null
    ? { title: words.sender_name, body: text }
    : { title: words.title, body: `${words.sender_name}: ${text}` }
}

/** Makes the push that goes out now of one that waited. */
export async function composePush(sql: Queries, composition: Composition): Promise<Push> {
  const { push, device, enqueuedAt } = composition
  const { kind, conversation_id, message_id, actor_id, poll_id = null, file_id = null, call_id = null } = push
  const seq = push.seq === null ? null : String(push.seq)
  const ids = { type: kind, conversation_id, message_id, seq, poll_id, actor_id, file_id, call_id }
  const data = Object.fromEntries(Object.entries(ids).filter((entry): entry is [string, string] => entry[1] !== null))
  return {
    token: device.token,
    platform: device.platform,
    type: kind,
    ...(await findText(sql, composition)),
    data,
    collapseKey: (call_id ?? conversation_id ?? actor_id ?? file_id ?? kind).replaceAll('-', ''),
    timeToLiveMs: enqueuedAt.getTime() + manners[kind].lifeMs - Date.now(),
  }
}
