import { Chat } from '../src/chat/chat.ts'
import type { LoadChanges } from '../src/chat/own-conversations.ts'
import { createMemoryStorage, type Storage } from '../src/index.ts'
import { createSession } from '../src/session.ts'
import type { FakeChat } from './fake-chat.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Options = { userId?: string; storage?: Storage; tokenSeconds?: number; loadChanges?: LoadChanges }

/** What somebody is told to whose conversations nothing happened. */
export const noChange = { conversations: [], removed: [], next_cursor: 'next', has_more: false }

/** The chat of somebody who is signed in, at a fake chat-service; tokens are called token-1, token-2 and so on. */
export async function openFakeSession(t: Cleanup, fake: Pick<FakeChat, 'url'>, options: Options = {}) {
  const { userId = 'ada', storage = createMemoryStorage(), tokenSeconds = 900 } = options
  const { loadChanges = async () => noChange } = options
  let tokens = 0
  const exchange = async () => {
    tokens += 1
    return { access_token: `token-${tokens}`, token_type: 'Bearer' as const, expires_in: tokenSeconds }
  }
  const session = createSession({ storage, exchange })
  await session.begin(userId, await exchange())
  const authorise = async () => ({
    url: fake.url,
    headers: { authorization: `Bearer ${await session.getToken()}` },
  })
  const sendByRest = () => Promise.reject(new Error('not in these tests'))
  const chat = new Chat({ session, storage, authorise, sendByRest, loadChanges })
  t.after(() => chat.close())
  return { chat, session }
}

/** Waits for the next time that a chat tells this. */
export function nextOf<K extends Parameters<Chat['on']>[0]>(chat: Chat, name: K) {
  return new Promise<Parameters<Parameters<typeof chat.on<K>>[1]>[0]>((done) => {
    const stop = chat.on(name, (value) => {
      stop()
      done(value)
    })
  })
}
