import { conversations, messages, polls } from '@secureconnect/protocol'
import { registerDevice } from './device-keys.ts'
import { createDirect } from './groups.ts'
import type { Scene } from './scene.ts'
import { type Chat, call, createPerson, type Person } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** The owner's conversation with somebody whom he has blocked since, in the place of the group. */
export type ApartScene = Scene & { peer: Person }

export async function createApartScene(chat: Chat, scene: Scene): Promise<ApartScene> {
  const { owner } = scene
  const peer = await createPerson(chat)
  const directId = await createDirect(chat, owner, peer)
  const at = { conversation_id: directId }
  const message = { ...at, content: 'hello', message_type: 'text' } as const
  const { data: sent } = await call(chat, messages.send, { token: owner.token, body: message })
  const asked = { ...at, question: 'Where?', options: ['here', 'there'], poll_type: 'single' } as const
  const { data: poll } = await call(chat, polls.create, {
    token: owner.token,
    body: { ...asked, allow_vote_change: true },
  })
  await chat.context.sql.execute`
    insert into blocks (user_id, blocked_id) values (${owner.userId}, ${peer.userId})`
  return { ...scene, peer, groupId: directId, messageId: sent.message_id, pollId: poll.poll_id }
}

/** The socket of a member who follows the group and is removed from it. */
export async function removeFollower(t: Cleanup, chat: Chat, { owner, groupId }: Scene): Promise<TestSocket> {
  const follower = await createPerson(chat)
  const { token } = owner
  const params = { conversation_id: groupId }
  await call(chat, conversations.addParticipants, { token, params, body: { user_ids: [follower.userId] } })
  await registerDevice(chat, follower)
  const socket = await TestSocket.open(t, chat, follower)
  await socket.subscribe({ [groupId]: null })
  await call(chat, conversations.removeParticipant, { token, params: { ...params, user_id: follower.userId } })
  await socket.next(({ type }) => type === 'conversation.removed')
  return socket
}
