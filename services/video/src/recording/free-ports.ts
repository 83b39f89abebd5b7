import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const loopback = '127.0.0.1'
const tries = 20

async function bind(port: number): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(port, loopback)
  try {
    await once(socket, 'listening')
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}

async function tryPair(): Promise<number | undefined> {
  const first = await bind(0)
  const { port } = first.address()
  try {
    const second = await bind(port + 1)
    second.close()
    return port
  } catch {
    return undefined
  } finally {
    first.close()
  }
}

/** A port of this machine that is free now, as is the one after it: for media, and for reports about them. */
export async function findFreePorts(): Promise<number> {
  for (let tried = 0; tried < tries; tried += 1) {
    const port = await tryPair()
    if (port !== undefined) return port
  }
  throw new Error(`no two free ports in a row were found in ${tries} tries`)
}
