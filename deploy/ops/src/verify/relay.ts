import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { type Finding, failed, ok } from '../checks/finding.ts'
import type { VerifyCheck } from './verify-check.ts'

const timeoutMs = 5_000
const fix = 'docker compose -f docker-compose.production.yml logs --tail 50 coturn'

/** Asks for one's own address by STUN (RFC 8489), in one datagram. */
async function judgeStun(): Promise<Finding> {
  const socket = createSocket('udp4')
  try {
    const transaction = randomBytes(12)
    const request = Buffer.concat([Buffer.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), transaction])
    socket.send(request, 3478, '127.0.0.1', (error) => error && socket.emit('error', error))
    const [answer]: Buffer[] = await once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) })
    const isOurs = answer?.readUInt16BE(0) === 0x0101 && answer.subarray(8, 20).equals(transaction)
    return isOurs
      ? ok('relay, UDP', 'answers STUN on 3478')
      : failed('relay, UDP', 'answers something else on 3478', fix)
  } catch {
    return failed('relay, UDP', 'no answer on 3478', fix)
  } finally {
    socket.close()
  }
}

async function judgeTls(domain: string): Promise<Finding> {
  const socket = connect({ host: '127.0.0.1', port: 5349, servername: domain })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(timeoutMs) })
    return ok('relay, TLS', `${socket.getProtocol()} on 5349, for ${domain}`)
  } catch (error) {
    const reason = error instanceof Error && error.name !== 'AbortError' ? error.message : 'no answer'
    return failed('relay, TLS', `5349: ${reason}`, fix)
  } finally {
    socket.destroy()
  }
}

export const relay: VerifyCheck = {
  name: 'relay',
  run: async ({ place }) => await Promise.all([judgeStun(), judgeTls(place.domain)]),
}
