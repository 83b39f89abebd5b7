import type { ChatEvents } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { conversationPath, go } from '../app/router.ts'
import { textOf } from '../chat/messages/text-of.ts'
import { isOpenSoon } from '../encryption/readings.ts'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { choices, readChoices } from './choices.ts'
import { describeSubject, type NoticeData, toTag } from './notice.ts'
import { playTone } from './play-tone.ts'
import { findWorker } from './worker.ts'

type News = ChatEvents['notification']
type Ringing = ChatEvents['call.ringing']
type Notice = { title: string; body: string; tag: string; data: NoticeData }

async function findName(userId: string | null): Promise<string> {
  if (userId === null) return words.product
  // Without an answer it is told all the same.
  const person = await client.rest.people.get({ user_id: userId }).catch(() => undefined)
  return person?.display_name ?? words.product
}

async function findWords({ kind, message_id }: News): Promise<string> {
  const { [kind]: fixed } = words.notices.byKind
  if (message_id === null || (kind !== 'message' && kind !== 'mention')) return fixed
  const message = await client.rest.messages.get({ message_id }).catch(() => undefined)
  if (!message) return fixed
  // What cannot be read here in time is told without its words.
  if (message.is_encrypted && !(await isOpenSoon(message))) return fixed
  return textOf(message)
}

async function show({ title, body, tag, data }: Notice): Promise<void> {
  const { isShown, isHeard } = choices.value
  // Where the page is in sight it tells by itself.
  if (document.visibilityState === 'visible') return
  if (isHeard) playTone()
  if (!isShown || Notification.permission !== 'granted') return
  const worker = await findWorker()
  await worker?.showNotification(title, { body, tag, data, silent: true })
}

/** Takes away those that are shown: all, or those about one thing. */
async function close(tag?: string): Promise<void> {
  if (!choices.value.isShown) return
  const worker = await findWorker()
  const shown = await worker?.getNotifications(tag === undefined ? {} : { tag })
  for (const notice of shown ?? []) notice.close()
}

const pathOf = (conversationId: string | null) =>
  conversationId === null ? pages.home : conversationPath(conversationId)

async function tellNews(news: News): Promise<void> {
  const [title, body] = await Promise.all([findName(news.actor_id), findWords(news)])
  const { kind, conversation_id, message_id, call_id, actor_id, file_id } = news
  const tag = toTag(call_id ?? conversation_id ?? actor_id ?? file_id ?? kind)
  await show({ title, body, tag, data: { path: pathOf(conversation_id), about: describeSubject(kind, message_id) } })
}

async function tellRinging({ call_id, caller_id, conversation_id }: Ringing): Promise<void> {
  const title = await findName(caller_id)
  const data = { path: pathOf(conversation_id), about: describeSubject('call_ringing', undefined) }
  await show({ title, body: words.notices.ringing, tag: toTag(call_id), data })
}

/** Leads to what a notification is about that somebody opened. */
function follow({ data }: MessageEvent<NoticeData>): void {
  go(data.path)
}

/** Has closed pages told as well, where that was asked for. */
async function beginPush(): Promise<void> {
  await readChoices()
  if (!choices.value.isShown) return
  const { keepPush } = await import('./push/keep-push.ts')
  await keepPush()
}

/** Who has gone is told nothing here any more. */
async function leavePush(): Promise<void> {
  if (!choices.value.isShown) return
  const { endPush } = await import('./push/registration.ts')
  await endPush()
}

/** Shows what happens while nobody looks at the page, as far as that was asked for; what it answers ends that. */
export function beginNotices(): () => void {
  const forget = () => {
    // Whoever looks at the page needs none of them any more.
    if (document.visibilityState === 'visible') void close()
  }
  void beginPush().then(forget)
  const offs = [
    client.chat.on('notification', (news) => void tellNews(news)),
    client.chat.on('call.ringing', (ringing) => void tellRinging(ringing)),
    client.chat.on('call.stopped', ({ call_id }) => void close(toTag(call_id))),
  ]
  document.addEventListener('visibilitychange', forget)
  navigator.serviceWorker?.addEventListener('message', follow)
  return () => {
    for (const off of offs) off()
    document.removeEventListener('visibilitychange', forget)
    navigator.serviceWorker?.removeEventListener('message', follow)
    void close()
    void leavePush()
  }
}
