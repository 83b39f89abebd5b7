import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closeCodes, limits } from '@secureconnect/protocol'
import { onlyAtFullSize, scale, until } from '@secureconnect/test/helpers'
import { ask } from '../../e2e/slice.ts'
import { type Front, paths } from './front.ts'
import { RawSocket } from './raw-socket.ts'

/** Declares tests that open more sockets, ask more and read less than any client does. */
export function testHostileClients(front: () => Front): void {
  test('one account that opens sockets without end has ten of them', async (t) => {
    const by = await front().signUp()
    const opened: RawSocket[] = []
    const atOnce = 10
    for (let left = scale(10_000, 2 * limits.socketsPerUser); left > 0; left -= atOnce) {
      opened.push(...(await Promise.all(Array.from({ length: atOnce }, () => front().open(t, paths.chat, by)))))
    }
    await Promise.all(opened.slice(limits.socketsPerUser).map((socket) => socket.closed()))
    const left = opened.filter(
      ({ status, line, closeCode }) => status === 101 && !line.closed && closeCode === undefined,
    )
    assert.ok(left.length <= limits.socketsPerUser, `${left.length} sockets`)
    const refused = opened.filter(({ status, closeCode }) => status === 101 && closeCode !== undefined)
    assert.deepEqual(new Set(refused.map(({ closeCode }) => closeCode)), new Set([closeCodes.policy.code]))
  })

  const isLong = onlyAtFullSize('it takes many seconds')
  test('who asks for much and reads nothing is sent away before it is more than a few megabytes', isLong, async (t) => {
    const by = await front().signUp()
    const group = { type: 'group', title: 'Harbour', participant_ids: [] }
    const { conversation_id } = (await ask(`${front().address}/v1/conversations`, { token: by, body: group })).data
    const content = '\u{1f4a7}'.repeat(limits.messageCharacters)
    const message = { conversation_id, content, message_type: 'text' }
    for (let sent = 0; sent < 12; sent += 1) await ask(`${front().address}/v1/messages`, { token: by, body: message })
    const socket = await front().open(t, paths.chat, by)
    socket.line.pause()
    const before = process.memoryUsage().arrayBuffers
    let peak = 0
    const isSentAway = async () => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
      const metrics = await (await fetch(`${front().chatAddress}/metrics`)).text()
      return /^websocket_errors_total\{[^}]*error="too_slow"[^}]*\} 1$/m.test(metrics)
    }
    for (let asked = 0; asked < limits.chatFrames.burst; asked += 1) {
      socket.send({ type: 'events.get', id: `${asked}`, conversation_id, after_seq: 0 })
    }
    await until('what waits for him is too much', isSentAway)
    socket.line.resume()
    const code = await socket.closed()
    assert.ok(code === closeCodes.tooSlow.code || code === 1006, `closed with ${code}`)
    assert.ok(peak < 64 * 2 ** 20, `${(peak / 2 ** 20).toFixed(0)} MiB`)
  })

  test('openings that never come to their end are ended', isLong, async (t) => {
    const begun = await Promise.all(Array.from({ length: 500 }, () => RawSocket.begin(t, front().address)))
    const drip = () => {
      for (const { line } of begun) line.write('x')
    }
    const dripping = setInterval(drip, 1_000)
    t.after(() => clearInterval(dripping))
    await Promise.all(begun.map((socket) => socket.closed()))
    assert.deepEqual(new Set(begun.map(({ status }) => status)), new Set([400]))
  })
}
