import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Cleanup } from './test-gateway.ts'

export type RawAnswer = { status: number; headers: Record<string, string>; body: string; text: string }

/** Long enough for whatever answers at all, short enough to tell which request was left without an end. */
const withinMs = 10_000

/** Reads the first answer of what a connection brought, and leaves what follows it in its body. */
export function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const pairs = fields.map((field) => {
    const colon = field.indexOf(':')
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
  })
  return {
    status: Number(line.split(' ')[1] ?? 0),
    headers: Object.fromEntries(pairs),
    body: rest.join('\r\n\r\n'),
    text,
  }
}

/** A connection of the test's own, which is gone after it. */
export async function openConnection(t: Cleanup, { port }: { port: number }): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Collects what a connection brings until `isEnough`, or until the other side closes it. */
export async function readUntil(socket: Socket, isEnough: (text: string) => boolean): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let text = ''
  const onData = (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (isEnough(text)) resolve()
  }
  const timer = setTimeout(() => reject(new Error(`no end within ${withinMs} ms, after ${text.slice(-200)}`)), withinMs)
  socket.on('data', onData).once('close', resolve)
  if (socket.closed) resolve()
  await promise.finally(() => {
    clearTimeout(timer)
    socket.off('data', onData).off('close', resolve)
  })
  return text
}

/** Sends bytes as they are and reads all that comes until the other side closes. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  // A reset is one of the ways in which the other side may close.
  socket.on('error', () => undefined)
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  try {
    return parseAnswer(await readUntil(socket, () => false))
  } finally {
    socket.destroy()
  }
}
