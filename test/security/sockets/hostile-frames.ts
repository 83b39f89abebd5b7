import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { chatRequests, closeCodes, limits, signalingRequests } from '@secureconnect/protocol'
import { scale } from '@secureconnect/test/helpers'
import { testScale } from '../../helpers/config.ts'
import { brokenFrames } from './broken-frames.ts'
import { type Front, paths } from './front.ts'
import { frameBytes, opcodes } from './raw-socket.ts'

const isFull = testScale === 1

/** What programs take for something else than what it says, or cannot take at all. */
const oddParts = {
  prototype: '"__proto__":{"role":"admin"}',
  constructor: '"constructor":{"prototype":{"role":"admin"}}',
  depth: `"positions":${'['.repeat(20_000)}${']'.repeat(20_000)}`,
}

/** Each type of frame with each odd part; every day with one of them. */
function writeOddFrames(types: readonly string[]) {
  const parts = Object.entries(oddParts)
  return types.flatMap((type, index) =>
    parts
      .filter((_, place) => isFull || place === index % parts.length)
      .map(([name, part]) => {
        const id = `${type} with ${name}`
        return { id, bytes: frameBytes(`{"type":"${type}","id":"${id}",${part}}`) }
      }),
  )
}

function chunk<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, place) =>
    values.slice(place * size, (place + 1) * size),
  )
}

/** Declares tests that write to both sockets what no client does. */
export function testHostileFrames(front: () => Front): void {
  let token: string
  before(async () => {
    token = await front().signUp()
  })

  for (const [name, [reason, ...bytes]] of Object.entries(brokenFrames)) {
    test(`${name} ends the socket with ${closeCodes[reason].code}`, async (t) => {
      const opened = await Promise.all(Object.values(paths).map((path) => front().open(t, path, token)))
      for (const socket of opened) socket.write(...bytes)
      const codes = await Promise.all(opened.map((socket) => socket.closed()))
      assert.deepEqual(
        codes,
        opened.map(() => closeCodes[reason].code),
      )
    })
  }

  test('a frame in parts, byte by byte, with pings between them, is one like any other', async (t) => {
    const socket = await front().open(t, paths.chat, token)
    const asked = Buffer.from(JSON.stringify({ type: 'subscribe', id: 'in parts', positions: {} }))
    const third = Math.ceil(asked.length / 3)
    const parts = [0, 1, 2].map((place) => {
      const opcode = place === 0 ? opcodes.text : opcodes.continuation
      return frameBytes(asked.subarray(place * third, (place + 1) * third), { opcode, isLast: place === 2 })
    })
    for (const part of parts) {
      for (const byte of Buffer.concat(
        [part, frameBytes('', { opcode: opcodes.ping })].slice(0, part === parts[2] ? 1 : 2),
      )) {
        socket.write(Buffer.from([byte]))
      }
    }
    assert.equal((await socket.reply('in parts')).ok, true)
  })

  test('who sends pings as fast as he can is sent away', async (t) => {
    const socket = await front().open(t, paths.chat, token)
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => frameBytes('x', { opcode: opcodes.ping })))
    for (let left = scale(1_000, 5); left > 0 && !socket.line.closed; left -= 1) socket.write(many)
    assert.equal(await socket.closed(), closeCodes.policy.code)
  })

  for (const [name, requests] of Object.entries({ chat: chatRequests, signaling: signalingRequests })) {
    test(`no frame of ${name} is taken that holds what nobody knows`, async (t) => {
      const by = await front().signUp()
      const frames = writeOddFrames(Object.keys(requests))
      // The next one would end the socket.
      for (const few of chunk(frames, limits.malformedFrames - 1)) {
        const socket = await front().open(t, paths[name as keyof typeof paths], by)
        socket.write(...few.map(({ bytes }) => bytes))
        for (const { id } of few) {
          const { error } = (await socket.reply(id)) as { error?: { code: string } }
          assert.equal(error?.code, 'VALIDATION_ERROR', id)
        }
        socket.line.destroy()
      }
      assert.equal(Reflect.get({}, 'role'), undefined)
    })
  }
}
