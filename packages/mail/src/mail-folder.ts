import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { countMail, type Mailer, toMessage } from './mailer.ts'

export type MailFolderOptions = { folder: string; from: string; metrics: Metrics; log: Logger }

/** The embedded mode's mailer: each mail becomes an `.eml` file, readable by its owner alone, and a line in the log. */
export function createMailFolder({ folder, from, metrics, log }: MailFolderOptions): Mailer {
  return {
    send: (mail) =>
      countMail(metrics, mail, async () => {
        // Loaded for the first mail: it takes 10 MB.
        const { createTransport } = await import('nodemailer')
        const composer = createTransport({ streamTransport: true, buffer: true })
        const { message } = await composer.sendMail(toMessage(mail, from))
        const file = join(folder, `${mail.type}-${mail.messageId}.eml`)
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(`${file}.part`, message, { mode: 0o600 })
        await rename(`${file}.part`, file)
        const { type, messageId, link } = mail
        log.info({ type, message_id: messageId, file, link }, 'mail written')
      }),
    close: async () => undefined,
  }
}
