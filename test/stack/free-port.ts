import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the range from which systems take the local ports of outgoing connections, so nobody takes one meanwhile. */
const lowestPort = 20_000
const highestPort = 32_000
const handedOut = new Set<number>()

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** A loopback port that nobody listens on, never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowestPort, highestPort)
    if (handedOut.has(port)) continue
    handedOut.add(port)
    if (await isFree(port)) return port
  }
}

/** The first of so many such ports in a row. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = await freePort()
    const others = Array.from({ length: count - 1 }, (_, index) => first + 1 + index)
    if (others.some((port) => handedOut.has(port))) continue
    const areFree = await Promise.all(others.map(isFree))
    if (areFree.includes(false)) continue
    for (const port of others) handedOut.add(port)
    return first
  }
}
