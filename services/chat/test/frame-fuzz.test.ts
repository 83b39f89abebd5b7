import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { chatRequests, closeCodes, errorStatus, limits } from '@secureconnect/protocol'
import { createRandom, type Random, scale } from '@secureconnect/test/helpers'
import { WebSocket } from 'ws'
import { createRoom } from './create-room.ts'
import { range, send } from './live-room.ts'
import { createPeople, createPerson, type Person, startChat } from './test-chat.ts'
import { TestSocket } from './test-socket.ts'

const frameCount = scale(100_000, 3_000)
const framesPerSocket = 4
const atOnce = 8
const seed = 1

const types = [
  ...Object.keys(chatRequests),
  'auth',
  'auth.refresh',
  'pong',
  'ping',
  'event',
  'toString',
  '__proto__',
  '',
]
const names = [
  'conversation_id',
  'positions',
  'content',
  'message_id',
  'seq',
  'user_ids',
  'is_typing',
  'metadata',
  '__proto__',
]

function value({ upTo, pick }: Random, room: string, depth = 0): unknown {
  const simple = [
    null,
    true,
    -1,
    1e308,
    0.1,
    '',
    'x'.repeat(upTo(2_000)),
    '\u0000',
    '\ud800',
    '\u202e\u200b',
    room,
    [],
    {},
  ]
  if (depth > 4 || upTo(3) > 0) return pick(simple)
  const inner = () => value({ upTo, pick }, room, depth + 1)
  if (upTo(2) === 0) return Array.from({ length: upTo(5) }, inner)
  return Object.fromEntries(Array.from({ length: upTo(5) }, () => [pick([...names, room]), inner()]))
}

function deep(levels: number): string {
  return `{"type":"subscribe","id":"d","positions":${'['.repeat(levels)}${']'.repeat(levels)}}`
}

/** One frame as no client of ours would send it. */
function createFrame(random: Random, room: string): string | Buffer {
  const { upTo, pick } = random
  const kind = upTo(20)
  if (kind === 0) return Buffer.from([0xc3, 0x28, 0xff, upTo(256)])
  if (kind === 1) return pick(['', '{', 'null', '[]', '"x"', '{"type":1}', '{"type":"subscribe"', '\ufeff{}', '{}'])
  if (kind === 2) return deep(pick([1, 100, 5_000, 30_000]))
  if (kind === 3) return 'x'.repeat(pick([limits.frameBytes - 1, limits.frameBytes, limits.frameBytes + 1]))
  const fields = Object.fromEntries(Array.from({ length: upTo(5) }, () => [pick(names), value(random, room)]))
  const id = pick(['1', '', 'x'.repeat(limits.requestIdCharacters + 1), 7, null, undefined])
  return JSON.stringify({ type: pick(types), id, ...fields })
}

const expectedCloses = new Set<number>([
  closeCodes.policy.code,
  closeCodes.binaryFrame.code,
  closeCodes.invalidUtf8.code,
  closeCodes.frameTooBig.code,
])

/** Sends some frames on a socket of their own and looks at all that comes back; how the socket ended, if it did. */
async function tryFrames(url: string, { token }: Person, frames: readonly (string | Buffer)[], isBinary: boolean) {
  const ws = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
  ws.on('error', () => undefined)
  const closed = once(ws, 'close').then(([code]) => Number(code))
  const ended = Promise.withResolvers<undefined>()
  ws.on('message', (data) => {
    const { type, id, ok, error } = JSON.parse(data.toString())
    if (type === 'reply' && ok === false) {
      assert.ok(error.code in errorStatus, error.code)
    }
    if (id === 'the last') ended.resolve(undefined)
  })
  await once(ws, 'open')
  for (const frame of frames) ws.send(frame, { binary: isBinary })
  ws.send(JSON.stringify({ type: 'subscribe', id: 'the last', positions: {} }))
  const code = await Promise.race([closed, ended.promise])
  ws.close()
  await closed
  return code
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test(`${frameCount} frames that make no sense are answered or end their sockets, and nothing else happens`, async (t) => {
  const chat = await startChat(t, 'postgres')
  const people = await createPeople(chat, atOnce)
  const room = await createRoom(chat, people)
  const url = `${chat.address.replace('http', 'ws')}/v1/ws/chat`
  const random = createRandom(seed)
  const endings = new Map<number | undefined, number>()
  let left = frameCount
  const work = async (person: Person) => {
    while (left > 0) {
      left -= framesPerSocket
      const frames = range(1, framesPerSocket).map(() => createFrame(random, room))
      const code = await tryFrames(url, person, frames, random.upTo(50) === 0)
      assert.ok(code === undefined || expectedCloses.has(code), `closed with ${code}`)
      endings.set(code, (endings.get(code) ?? 0) + 1)
    }
  }
  const warmUp = left
  left = Math.min(1_000, warmUp)
  await Promise.all(people.map(work))
  const before = heapAfterCollection()
  left = warmUp
  await Promise.all(people.map(work))
  const grownMb = (heapAfterCollection() - before) / 2 ** 20
  t.diagnostic(`seed ${seed}, endings ${JSON.stringify([...endings])}, heap ${grownMb.toFixed(1)} MiB more`)
  assert.ok(grownMb < 20, `${grownMb} MiB`)

  assert.deepEqual(
    chat.lines.filter(({ level }) => level === 'error'),
    [],
  )
  const [alice] = people
  assert.ok(alice)
  const socket = await TestSocket.open(t, chat, alice)
  await socket.subscribe({ [room]: null })
  const { seq } = await send(chat, alice, room)
  await socket.reach(room, seq)
})

test('a flood of pings and pongs is answered as far as it is read, and ends', async (t) => {
  const chat = await startChat(t, 'postgres')
  const socket = await TestSocket.open(t, chat, await createPerson(chat))
  socket.ws.pause()
  for (let i = 0; i < 20_000; i += 1) socket.ws.ping('x'.repeat(100))
  for (let i = 0; i < 100; i += 1) socket.send({ type: 'pong' })
  socket.ws.resume()
  assert.equal(await socket.closed, closeCodes.policy.code)
})
