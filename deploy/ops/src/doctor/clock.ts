import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { failed, ok, skipped } from '../checks/finding.ts'
import type { DoctorCheck } from './doctor-check.ts'

const server = 'pool.ntp.org'
const timeoutMs = 3_000
/** Tokens are refused when clocks are further apart. */
const mostMs = 2_000
const secondsFrom1900To1970 = 2_208_988_800

/** Asks a time server by SNTP (RFC 4330), in one datagram. */
async function readOffset(): Promise<number> {
  const socket = createSocket('udp4')
  try {
    const request = Buffer.alloc(48)
    request[0] = 0x1b
    const sentAt = Date.now()
    socket.send(request, 123, server, (error) => error && socket.emit('error', error))
    const [answer]: Buffer[] = await once(socket, 'message', { signal: AbortSignal.timeout(timeoutMs) })
    if (answer === undefined || answer.length < 48) throw new Error('no time')
    const seconds = answer.readUInt32BE(40) - secondsFrom1900To1970 + answer.readUInt32BE(44) / 2 ** 32
    return Math.round((sentAt + Date.now()) / 2 - seconds * 1_000)
  } finally {
    socket.close()
  }
}

export const clock: DoctorCheck = {
  name: 'clock',
  run: async () => {
    try {
      const offsetMs = await readOffset()
      if (Math.abs(offsetMs) <= mostMs) return [ok('clock', `${Math.abs(offsetMs)} ms from ${server}`)]
      const how = `${(Math.abs(offsetMs) / 1_000).toFixed(1)} s ${offsetMs > 0 ? 'ahead' : 'behind'}`
      return [failed('clock', `${how}: tokens and certificates would be refused`, 'timedatectl set-ntp true')]
    } catch {
      return [skipped('clock', `${server} did not answer, so nothing is known`)]
    }
  },
}
