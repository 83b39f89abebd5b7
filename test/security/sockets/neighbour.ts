import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { RawSocket } from './raw-socket.ts'

const pauseMs = 200

/** Somebody who uses his socket as he should, all the time; says how long he waited at most. */
export function watchNeighbour(socket: RawSocket): { stop: () => Promise<number> } {
  let isOver = false
  let worstMs = 0
  let pongs = 0
  const answerPings = () => {
    const pings = socket.frames.filter(({ type }) => type === 'ping').length
    for (; pongs < pings; pongs += 1) socket.send({ type: 'pong' })
  }
  const use = async () => {
    for (let asked = 0; !isOver; asked += 1) {
      answerPings()
      const at = performance.now()
      socket.send({ type: 'subscribe', id: `${asked}`, positions: {} })
      const { ok, error } = await socket.reply(`${asked}`)
      assert.ok(ok, `the neighbour was told ${JSON.stringify(error)}`)
      worstMs = Math.max(worstMs, performance.now() - at)
      await delay(pauseMs)
    }
  }
  const used = use()
  // Told by whoever stops it.
  used.catch(() => undefined)
  return {
    async stop() {
      isOver = true
      await used
      return worstMs
    },
  }
}
