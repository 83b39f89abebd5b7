import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ok, warning } from '../checks/finding.ts'
import { getSetting } from '../settings/env-file.ts'
import type { DoctorCheck } from './doctor-check.ts'

const timeoutMs = 5_000

/** Whether a mail server greets there. Nobody signs in: that auth-service does, and tells. */
export const mail: DoctorCheck = {
  name: 'mail server',
  run: async ({ settings }) => {
    const [host, port] = [getSetting(settings, 'SMTP_HOST'), Number(getSetting(settings, 'SMTP_PORT'))]
    const isTls = settings.get('SMTP_SECURITY') === 'tls'
    const socket = isTls ? connectTls({ host, port, servername: host }) : connect({ host, port })
    try {
      const [greeting] = await once(socket, 'data', { signal: AbortSignal.timeout(timeoutMs) })
      if (String(greeting).startsWith('220')) return [ok('mail server', `${host}:${port} greets`)]
      return [
        warning('mail server', `${host}:${port} does not greet as one`, 'Correct SMTP_HOST and SMTP_PORT in .env.'),
      ]
    } catch (error) {
      const reason = error instanceof Error && error.name !== 'AbortError' ? error.message : 'no answer'
      return [
        warning(
          'mail server',
          `${host}:${port}: ${reason}`,
          'Correct SMTP_HOST and SMTP_PORT in .env, or open the way to it.',
        ),
      ]
    } finally {
      socket.destroy()
    }
  },
}
