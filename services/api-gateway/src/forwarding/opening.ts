import { AppError } from '@secureconnect/errors'
import type { FastifyRequest } from 'fastify'
import { foreignOrigin, malformedRequest } from '../errors.ts'
import { copySocketHeaders } from './request-headers.ts'
import { findUpgrade, type Upgrade } from './upgrades.ts'

/** 16 bytes in base64, in the one way to write them. */
const key = /^[A-Za-z0-9+/]{21}[AQgw]==$/
const version = '13'

function assertWebSocket({ headers, httpVersion }: FastifyRequest['raw'], head: Buffer): void {
  const isUpgrade = headers.connection
    ?.toLowerCase()
    .split(/\s*,\s*/)
    .includes('upgrade')
  if (httpVersion !== '1.1' || !isUpgrade) throw malformedRequest('A socket is opened by an HTTP/1.1 upgrade.')
  if (headers['sec-websocket-version'] !== version)
    throw malformedRequest(`Only WebSocket version ${version} is known.`)
  if (!key.test(headers['sec-websocket-key'] ?? ''))
    throw malformedRequest('Sec-WebSocket-Key must be 16 random bytes.')
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
  if (hasBody || head.length > 0)
    throw malformedRequest('Nothing may follow the opening of a socket before its answer.')
}

/** Checks the opening of a socket, and returns its connection and the headers its service may see. */
export function readOpening(
  request: FastifyRequest,
  isOurPage: (origin: string) => boolean,
): { upgrade: Upgrade; headers: string[] } {
  const upgrade = findUpgrade(request)
  if (!upgrade) throw new AppError('VALIDATION_ERROR', 'This is a WebSocket endpoint.')
  const headers = copySocketHeaders(request.raw.rawHeaders)
  assertWebSocket(request.raw, upgrade.head)
  const { origin } = request.headers
  if (origin !== undefined && !isOurPage(origin)) throw foreignOrigin()
  return { upgrade, headers }
}
