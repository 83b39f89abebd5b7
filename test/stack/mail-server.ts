import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { freePort } from './free-port.ts'

/** A mail as it arrived: its parsed content, and whom the envelope named. */
export type Mail = ParsedMail & { recipients: string[] }

type Login = { user: string; password: string }

/** An SMTP server in this process, which keeps the mails it is sent. A login is not needed, but a wrong one is refused. */
export class MailServer {
  static async create(): Promise<MailServer> {
    const server = new MailServer(await freePort())
    await new Promise<void>((listening) => server.#smtp.listen(server.port, server.host, listening))
    return server
  }

  readonly host = '127.0.0.1'
  readonly port: number
  readonly user = 'tester'
  readonly password = randomBytes(16).toString('hex')
  readonly #smtp: SMTPServer
  readonly #arrivals = new EventEmitter()
  #mails: Mail[] = []

  private constructor(port: number) {
    this.port = port
    this.#smtp = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, answer) =>
        this.#isRight({ user: username ?? '', password: password ?? '' })
          ? answer(null, { user: username })
          : answer(new Error('Invalid username or password')),
      onData: (stream, { envelope }, answer) => {
        const recipients = envelope.rcptTo.map(({ address }) => address)
        simpleParser(stream).then((mail) => answer(this.#keep({ ...mail, recipients })), answer)
      },
    })
    // A client whose line breaks is no fault of the server's.
    this.#smtp.on('error', () => undefined)
  }

  /** The oldest mail to this address that was not taken yet; waits for one, and throws if none comes in time. */
  async nextMail({ to, withinMs = 2_000 }: { to: string; withinMs?: number }): Promise<Mail> {
    const signal = AbortSignal.timeout(withinMs)
    for (;;) {
      const mail = this.#mails.find(({ recipients }) => recipients.includes(to))
      if (mail) {
        this.#mails = this.#mails.filter((other) => other !== mail)
        return mail
      }
      await once(this.#arrivals, 'mail', { signal }).catch((cause: unknown) => {
        throw new Error(`No mail to ${to} came within ${withinMs} ms`, { cause })
      })
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((closed) => this.#smtp.close(closed))
  }

  #isRight({ user, password }: Login): boolean {
    return user === this.user && password === this.password
  }

  #keep(mail: Mail): undefined {
    this.#mails.push(mail)
    this.#arrivals.emit('mail')
  }
}
