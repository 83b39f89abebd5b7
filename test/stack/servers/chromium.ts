import { createHash, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { findOrInstall } from '../install.ts'
import type { Recipe } from '../server.ts'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A camera that shows a clock and a microphone that beeps, given to whoever asks.
  '--use-fake-device-for-media-stream=fps=10',
  '--use-fake-ui-for-media-stream',
]

/** Chromium knows a certificate that it is to take by the hash of its key. */
function describeTrust(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`
}

/** A browser without a window and with an empty profile, steered over its debugging port. */
export function createChromium(trusted?: string): Recipe {
  return {
    name: 'chromium',

    async prepare({ folder, address: { port } }) {
      const file = await findOrInstall({ name: 'chromium', package: 'chromium', variable: 'TEST_BROWSER_URL' })
      const own = [`--user-data-dir=${join(folder, 'profile')}`, `--remote-debugging-port=${port}`]
      if (trusted !== undefined) own.push(describeTrust(trusted))
      return { file, args: [...flags, ...own, 'about:blank'] }
    },

    async ping({ host, port }) {
      const answer = await fetch(`http://${host}:${port}/json/version`)
      if (!answer.ok) throw new Error(`Chromium answered ${answer.status}`)
    },
  }
}
