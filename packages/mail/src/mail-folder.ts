import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { createTransport } from 'nodemailer'
import { countMail, type Mailer, toMessage } from './mailer.ts'

export type MailFolderOptions = { folder: string; from: string; metrics: Metrics; log: Logger }

/** The embedded mode's mailer: each mail becomes an `.eml` file, readable by its owner alone, and a line in the log. */
export function createMailFolder({ folder, from, metrics, log }: MailFolderOptions): Mailer {
  const composer = createTransport({ streamTransport: true, buffer: true })

  return {
    send: (mail) =>
      countMail(metrics, mail, async () => {
        const { message } = await composer.sendMail(toMessage(mail, from))
        const file = join(folder, `${mail.type}-${mail.messageId}.eml`)
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(`${file}.part`, message, { mode: 0o600 })
        await rename(`${file}.part`, file)
        const { type, messageId, link } = mail
        log.info({ type, message_id: messageId, file, link }, 'mail written')
      }),
    close: async () => composer.close(),
  }
}
