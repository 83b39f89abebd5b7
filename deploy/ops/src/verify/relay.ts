import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { signCredentials, tryRelay, turnUrl } from '@secureconnect/video-service/relays'
import { authorityFiles } from '../certificates/authority.ts'
import { type Finding, failed, ok } from '../checks/finding.ts'
import { showLogs } from '../docker/show-logs.ts'
import type { Verified, VerifyCheck } from './verify-check.ts'

const timeoutMs = 5_000
const fix = showLogs('coturn')

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

/** Has the relay set an address aside, as a call by it does: the server's public one, from which media are reached. */
async function judgeAllocation({ root, place: { publicIp } }: Verified, url: string): Promise<Finding> {
  const what = `a relayed address by ${url.startsWith('turns') ? 'TLS' : url.endsWith('udp') ? 'UDP' : 'TCP'}`
  try {
    const secret = readFileSync(join(root, 'secrets/turn_secret'), 'utf8').trim()
    const credentials = signCredentials(secret, { user: 'ops-verify', expiresAt: Date.now() + 60_000 })
    const ca = readFileSync(authorityFiles(join(root, 'secrets')).certificate, 'utf8')
    const signal = AbortSignal.timeout(timeoutMs)
    const asked = { ...turnUrl.parse(url, { isProduction: true }), host: '127.0.0.1' }
    const [relayed] = await tryRelay(asked, { credentials, ca, peer: publicIp, signal })
    return relayed === publicIp
      ? ok(what, `gives ${relayed}, and may reach media there`)
      : failed(what, `gives ${relayed}, not PUBLIC_IP of .env`, './ops up')
  } catch (error) {
    return failed(what, error instanceof Error ? error.message : String(error), fix)
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
  run: async (verified) => {
    const { domain } = verified.place
    const urls = [`turn:${domain}:3478?transport=udp`, `turn:${domain}:3478?transport=tcp`, `turns:${domain}:5349`]
    return await Promise.all([judgeStun(), judgeTls(domain), ...urls.map((url) => judgeAllocation(verified, url))])
  },
}
