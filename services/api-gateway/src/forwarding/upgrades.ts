import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { pathOf } from './target.ts'

const http = process.getBuiltinModule('node:http')

/** The connection of a request that asks to become a socket, and what came on it too early. */
export type Upgrade = { socket: Socket; head: Buffer }

const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/** The upgrade that a request asks for, if it does. */
export function findUpgrade(request: FastifyRequest): Upgrade | undefined {
  return upgrades.get(request.raw)
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

/**
 * Sends requests that open a socket through the same hooks and routes as all others, so that they are limited, named,
 * refused and logged alike. An upgrade of any other kind, or elsewhere, is ignored, as HTTP allows: the request is then
 * an ordinary one.
 */
export function acceptUpgrades(app: FastifyInstance, paths: ReadonlySet<string>): void {
  const shouldUpgradeCallback = (request: IncomingMessage) =>
    isWebSocket(request) && paths.has(pathOf(request.url ?? ''))
  // A server takes this as an option too, but Fastify has made ours already.
  Object.assign(app.server, { shouldUpgradeCallback })
  const server: Server = app.server
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // First of all: from here on nobody else listens, and an error without a listener ends the process.
    socket.on('error', () => socket.destroy())
    upgrades.set(request, { socket, head })
    const response = new http.ServerResponse(request)
    response.assignSocket(socket)
    response.shouldKeepAlive = false
    response.once('finish', () => {
      if (response.statusCode !== 101) socket.destroySoon()
    })
    server.emit('request', request, response)
  })
}
