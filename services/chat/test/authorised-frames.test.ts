import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { type ChatRequestType, chatRequests } from '@secureconnect/protocol'
import { createExample, toJsonSchema, type Values } from '@secureconnect/test/helpers'
import type { Frame } from '@secureconnect/test/services'
import { sendToDevices } from '../src/keys/send-to-devices.ts'
import { registerDevice, signInAgain } from './device-keys.ts'
import { digestState } from './digest-state.ts'
import { type FrameRow, frameRows, type Told, writeToOwner } from './frame-rows.ts'
import { type ApartScene, createApartScene, removeFollower } from './frame-scenes.ts'
import { createAdministrator, createScene, namedValues, type Scene } from './scene.ts'
import { type Chat, createPerson, type Person, shareChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

type Cleanup = { after: (work: () => unknown) => void }
type Caller = {
  open: (t: Cleanup, chat: Chat, scenes: Scenes) => Promise<TestSocket>
  expect: (row: FrameRow) => Told
  /** Who belongs to none of it changes nothing by any frame. */
  isOutside?: boolean
  /** What he names; the group and what is in it, where he says nothing else. */
  names?: (scenes: Scenes) => Scene
}
type Scenes = { scene: Scene; apart: ApartScene }

async function openWithDevice(t: Cleanup, chat: Chat, person: Person): Promise<TestSocket> {
  await registerDevice(chat, person)
  return TestSocket.open(t, chat, person)
}

const outside = { expect: ({ outsider }: FrameRow) => outsider, isOutside: true }

/** Who may come along, each with the socket that he has. */
const callers: Readonly<Record<string, Caller>> = {
  'somebody who has not said who he is': {
    open: (t, chat) => TestSocket.openUnknown(t, chat),
    expect: () => 'UNAUTHORIZED',
    isOutside: true,
  },
  'a former member': { open: (t, chat, { scene }) => openWithDevice(t, chat, scene.former), ...outside },
  'a member who was removed while he followed': {
    open: (t, chat, { scene }) => removeFollower(t, chat, scene),
    ...outside,
  },
  'a stranger': { open: async (t, chat) => openWithDevice(t, chat, await createPerson(chat)), ...outside },
  'an administrator': { open: async (t, chat) => openWithDevice(t, chat, await createAdministrator(chat)), ...outside },
  'a member': {
    open: (t, chat, { scene }) => TestSocket.open(t, chat, scene.member),
    expect: ({ member = 'done' }) => member,
  },
  'a member by a sign-in that is no device': {
    open: (t, chat, { scene }) => TestSocket.open(t, chat, signInAgain(chat, scene.member)),
    expect: ({ member = 'done', deviceless = member }) => deviceless,
  },
  'the other one of two, whom the first has blocked': {
    open: (t, chat, { apart }) => openWithDevice(t, chat, apart.peer),
    expect: ({ blocked = 'done' }) => blocked,
    names: ({ apart }) => apart,
  },
}

/** What others hear of frames that are carried out. */
const live = ['event', 'typing', 'receipt', 'presence', 'device.message']

function createBody(type: ChatRequestType, scene: Scene): Values {
  const known = frameRows[type].body?.(scene) ?? {}
  const schema = toJsonSchema(chatRequests[type].frame)
  const { type: _type, id: _id, ...body } = createExample(schema, type, { ...namedValues(scene), ...known }) as Values
  return { ...body, ...known }
}

/** What is told of a frame; one that has no reply is refused by one without an id. */
async function ask(socket: TestSocket, type: ChatRequestType, body: Values): Promise<Told> {
  const from = socket.frames.length
  const hasReply = chatRequests[type].reply !== undefined
  if (!hasReply) socket.send({ type, ...body })
  const { data = {} } = hasReply
    ? await socket.request(type, body as never)
    : await socket.request('subscribe', { positions: {} })
  const [refusal] = socket.frames.slice(from).filter(({ ok }) => ok === false)
  if (refusal) return (refusal.error as { code: Told }).code
  const { not_found = [], unknown = [] } = data as { not_found?: unknown[]; unknown?: unknown[] }
  return not_found.length + unknown.length > 0 ? 'left out' : 'done'
}

suite('who may do what by frames of the chat socket', () => {
  const shared = shareChat('pglite')

  let scenes: Scenes
  before(async () => {
    const chat = shared()
    const scene = await createScene(chat)
    // What waits for the owner's device is for nobody else to take away.
    await sendToDevices(chat.context, { session: scene.member, to: writeToOwner(scene).to })
    scenes = { scene, apart: await createApartScene(chat, scene) }
  })

  for (const [name, { open, expect, isOutside = false, names }] of Object.entries(callers)) {
    test(`every frame, sent by ${name}`, async (t) => {
      const chat = shared()
      const { scene, apart } = scenes
      const { owner, member, groupId } = scene
      const socket = await open(t, chat, scenes)
      const [listener, witness] = [await TestSocket.open(t, chat, owner), await TestSocket.open(t, chat, member)]
      await listener.subscribe({ [groupId]: null, [apart.groupId]: null })
      const heard = listener.frames.length
      for (const [type, row] of Object.entries(frameRows) as [ChatRequestType, FrameRow][]) {
        const before = await digestState(chat.context.sql)
        const told = await ask(socket, type, createBody(type, names?.(scenes) ?? scene))
        assert.equal(told, expect(row), type)
        if (isOutside || told !== 'done') assert.equal(await digestState(chat.context.sql), before, type)
      }
      if (!isOutside) return
      const typing = { type: 'typing', conversation_id: groupId }
      witness.send({ ...typing, is_typing: true })
      await listener.next(({ type, user_id }) => type === 'typing' && user_id === member.userId)
      // Or it would be no news the next time.
      witness.send({ ...typing, is_typing: false })
      const isLive = ({ type, user_id }: Frame) => live.includes(type) && user_id !== member.userId
      assert.deepEqual(listener.frames.slice(heard).filter(isLive), [])
    })
  }
})
