import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { findLength } from './stun-message.ts'
import type { TurnUrl } from './turn-url.ts'

export type LineOptions = {
  /** The authority that signed the relay's certificate, where the system does not know it. */
  ca: string | undefined
  signal: AbortSignal
  /** Told of each whole message. */
  onMessage: (bytes: Buffer) => void
  onFailure: (error: Error) => void
}

/** What messages go and come by: datagrams, which get lost, or a stream. */
export type Line = { isLossy: boolean; address: string | undefined; send: (bytes: Buffer) => void; close: () => void }

async function openUdp({ host, port }: TurnUrl, { signal, onMessage, onFailure }: LineOptions): Promise<Line> {
  const { address, family } = await lookup(host)
  signal.throwIfAborted()
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  socket.on('message', onMessage).on('error', onFailure)
  try {
    socket.connect(port, address)
    await once(socket, 'connect', { signal })
  } catch (error) {
    socket.close()
    throw error
  }
  return { isLossy: true, address, send: (bytes) => socket.send(bytes), close: () => socket.close() }
}

/** Cuts a stream into the messages that it carries. */
function readMessages(socket: Socket, onMessage: (bytes: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (let length = findLength(rest); length !== undefined && length <= rest.length; length = findLength(rest)) {
      onMessage(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  })
}

async function openStream({ host, port, transport }: TurnUrl, options: LineOptions): Promise<Line> {
  const { ca, signal, onMessage, onFailure } = options
  const server = { host, port, ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) }
  const socket = transport === 'tls' ? connectTls(server) : connectTcp(server)
  socket.on('error', onFailure).on('close', () => onFailure(new Error('closed by the relay')))
  try {
    await once(socket, transport === 'tls' ? 'secureConnect' : 'connect', { signal })
  } catch (error) {
    socket.destroy()
    throw error
  }
  readMessages(socket, onMessage)
  const address = socket.remoteAddress
  return { isLossy: false, address, send: (bytes) => socket.write(bytes), close: () => socket.destroy() }
}

/** Connects to a relay in the way that its URL says. */
export function openLine(url: TurnUrl, options: LineOptions): Promise<Line> {
  return url.transport === 'udp' ? openUdp(url, options) : openStream(url, options)
}
