import type { ChatEvents } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { conversationPath, go } from '../app/router.ts'
import { textOf } from '../chat/messages/text-of.ts'
import { words } from '../words/index.ts'
import { choices, readChoices } from './choices.ts'
import { playTone } from './play-tone.ts'

type News = ChatEvents['notification']
type Ringing = ChatEvents['call.ringing']
type Notice = { title: string; body: string; tag: string; conversationId: string | null }

/** Those that are shown, by what they are about. */
const shown = new Map<string, Notification>()

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
  return message ? textOf(message) : fixed
}

function show({ title, body, tag, conversationId }: Notice): void {
  const { isShown, isHeard } = choices.value
  // Where the page is in sight it tells by itself.
  if (document.visibilityState === 'visible') return
  if (isHeard) playTone()
  if (!isShown || Notification.permission !== 'granted') return
  try {
    const notice = new Notification(title, { body, tag, silent: true })
    shown.set(tag, notice)
    notice.addEventListener('close', () => shown.delete(tag))
    notice.addEventListener('click', () => {
      window.focus()
      if (conversationId !== null) go(conversationPath(conversationId))
      notice.close()
    })
  } catch {
    // Some browsers of phones show notifications of installed pages only.
  }
}

async function tellNews(news: News): Promise<void> {
  const [title, body] = await Promise.all([findName(news.actor_id), findWords(news)])
  const { conversation_id: conversationId, notification_id } = news
  show({ title, body, tag: conversationId ?? notification_id, conversationId })
}

async function tellRinging({ call_id, caller_id, conversation_id }: Ringing): Promise<void> {
  const title = await findName(caller_id)
  show({ title, body: words.notices.ringing, tag: call_id, conversationId: conversation_id })
}

/** Shows what happens while nobody looks at the page, as far as that was asked for; what it answers ends that. */
export function beginNotices(): () => void {
  void readChoices()
  const forget = () => {
    // Whoever looks at the page needs none of them any more.
    if (document.visibilityState === 'visible') for (const notice of shown.values()) notice.close()
  }
  const offs = [
    client.chat.on('notification', (news) => void tellNews(news)),
    client.chat.on('call.ringing', (ringing) => void tellRinging(ringing)),
    client.chat.on('call.stopped', ({ call_id }) => shown.get(call_id)?.close()),
  ]
  document.addEventListener('visibilitychange', forget)
  return () => {
    for (const off of offs) off()
    document.removeEventListener('visibilitychange', forget)
    for (const notice of shown.values()) notice.close()
  }
}
