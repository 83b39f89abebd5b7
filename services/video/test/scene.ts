import type { ErrorCode, Operation } from '@secureconnect/protocol'
import type { Input, Values } from '@secureconnect/test/helpers'
import { act, createCircle, createConversation, createPerson, initiate, type Person, type Video } from './test-video.ts'

/**
 * A call of the owner's in a group, which rings at a member and which another member is in; somebody who was in the
 * group, and two who are in a conversation where nobody calls.
 */
export type Scene = {
  owner: Person
  member: Person
  /** In the call with the owner. */
  present: Person
  former: Person
  callId: string
  conversationId: string
  /** Of owner and member, where no call goes on. */
  quietId: string
}

export async function createScene(video: Video): Promise<Scene> {
  const { people, conversationId } = await createCircle(video, 4)
  const [owner, member, present, former] = people
  const callee_ids = [member.userId, present.userId]
  const { data } = await initiate(video, owner, { conversation_id: conversationId, callee_ids })
  await act(video, 'accept', present, data.call_id)
  await video.context.sql.execute`
    update members set left_at = now() where conversation_id = ${conversationId} and user_id = ${former.userId}`
  const quietId = await createConversation(video, [owner, member])
  return { owner, member, present, former, conversationId, callId: data.call_id, quietId }
}

/** Somebody whose role in the whole installation gives him nothing in other people's calls. */
export async function createAdministrator(video: Video): Promise<Person> {
  const person = await createPerson(video)
  await video.context.sql.execute`update users set role = 'admin' where user_id = ${person.userId}`
  return { ...person, token: video.mint(person, { role: 'admin' }) }
}

export type Fixture = {
  input?: (scene: Scene) => Partial<Input>
  /** The answer to who called, to whom it rings, and to all others, where it is not the usual one. */
  owner?: ErrorCode
  member?: ErrorCode
  outsider?: ErrorCode | 'success'
}

/** What operations need besides input that fits their schemas, and what they answer to whom. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  'calls.initiate': {
    input: ({ quietId }) => ({ body: { conversation_id: quietId } }),
    outsider: 'CONVERSATION_NOT_FOUND',
  },
  'calls.list': { outsider: 'success' },
  'calls.ice-servers.list': { outsider: 'success' },
  'calls.cancel': { owner: 'ALREADY_ANSWERED', member: 'FORBIDDEN' },
  'calls.decline': { owner: 'FORBIDDEN' },
  'calls.end': { member: 'FORBIDDEN' },
  'calls.mute': { member: 'FORBIDDEN' },
  'calls.stop-video': { member: 'FORBIDDEN' },
  'calls.kick': { member: 'FORBIDDEN' },
  'calls.unban': { member: 'FORBIDDEN' },
  'calls.lock': { member: 'FORBIDDEN' },
  'calls.lobby': { member: 'FORBIDDEN' },
  'calls.admit': { input: () => ({ body: { user_id: 'all' } }), member: 'FORBIDDEN' },
  'calls.deny': { input: () => ({ body: { user_id: 'all' } }), member: 'FORBIDDEN' },
  'calls.set-role': { member: 'FORBIDDEN' },
  // Where nothing can record: what is recorded has tests of its own.
  'calls.recording.start': { owner: 'RECORDING_UNAVAILABLE', member: 'FORBIDDEN' },
  'calls.recording.stop': { member: 'FORBIDDEN' },
  'calls.recording.get': { owner: 'RECORDING_NOT_FOUND', member: 'RECORDING_NOT_FOUND' },
  'calls.recording.compose': { owner: 'RECORDING_NOT_FOUND', member: 'RECORDING_NOT_FOUND' },
  'calls.recording.delete': { owner: 'RECORDING_NOT_FOUND', member: 'RECORDING_NOT_FOUND' },
  'calls.raise-hand': { input: () => ({ body: {} }), member: 'USER_NOT_FOUND' },
}

/** What fields of these names hold, in whichever operation they stand. */
export function namedValues({ callId, conversationId, present }: Scene): Values {
  return { recording_id: callId, call_id: callId, conversation_id: conversationId, user_id: present.userId }
}

/** What somebody is told by whose doing it is. */
export function expectCode({ name }: Operation, caller: 'owner' | 'member' | 'outsider'): ErrorCode | undefined {
  const known = fixtures[name] ?? {}
  if (caller !== 'outsider') return known[caller]
  return known.outsider === 'success' ? undefined : (known.outsider ?? 'CALL_NOT_FOUND')
}
