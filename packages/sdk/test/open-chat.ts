import type { TestContext } from 'node:test'
import type { EventFrame } from '@secureconnect/protocol'
import { type FakeSocket, startFakeChat } from './fake-chat.ts'
import { openFakeSession } from './fake-session.ts'

export const conversation_id = 'harbour'

export function event(seq: number, id = conversation_id): EventFrame {
  const data = { user_id: 'bob', by: null, reason: 'left' as const }
  return { type: 'event', conversation_id: id, seq, log_epoch: 0, created_at: '', kind: 'member.left', data }
}

export function subscribed(last_seq: number, recovered = true) {
  return { subscribed: { [conversation_id]: { log_epoch: 0, last_seq, recovered } }, not_found: [] }
}

/** Somebody whose chat is open, with the server's end of the socket. */
export async function openChat(t: TestContext, options: Parameters<typeof openFakeSession>[2] = {}) {
  const fake = await startFakeChat(t)
  const { chat, session } = await openFakeSession(t, fake, options)
  const opened = chat.open()
  const socket = await fake.accept()
  socket.greet()
  await opened
  return { fake, chat, session, socket }
}

/** Opens another socket after the one before broke, and lets the server greet. */
export async function comeBack({ accept }: { accept: () => Promise<FakeSocket> }): Promise<FakeSocket> {
  const socket = await accept()
  socket.greet()
  return socket
}
