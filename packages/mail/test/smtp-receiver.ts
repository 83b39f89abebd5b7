import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export const login = { user: 'mailer', pass: 'only-for-this-test' }

export type ReceivedMail = { recipients: string[]; mail: ParsedMail; isSecure: boolean }

async function findPort(server: Server): Promise<number> {
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return address.port
}

/** Starts a real SMTP server on loopback that keeps what it takes, as a mail program would show it. */
export async function startSmtpServer(t: TestContext, options: SMTPServerOptions = {}) {
  const received: ReceivedMail[] = []
  const server = new SMTPServer({
    ...(await createCertificate(t)),
    authOptional: true,
    allowInsecureAuth: true,
    closeTimeout: 50,
    onAuth: ({ username, password }, _session, done) => {
      if (username === login.user && password === login.pass) done(null, { user: username })
      else done(new Error('wrong login'))
    },
    onRcptTo: ({ address }, _session, done) => {
      const error = Object.assign(new Error('no such mailbox'), { responseCode: 550 })
      done(address.startsWith('nobody@') ? error : undefined)
    },
    onData: async (stream, session, done) => {
      const mail = await simpleParser(stream)
      const recipients = session.envelope.rcptTo.map(({ address }) => address)
      received.push({ recipients, mail, isSecure: session.secure })
      done()
    },
    ...options,
  })
  // A client that refuses the certificate ends its connection; the test looks at the client's side.
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  t.after(() => new Promise<void>((done) => server.close(done)))
  return { port: await findPort(server.server), received }
}

/** Starts something that takes connections and never says a word. */
export async function startSilentServer(t: TestContext): Promise<number> {
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)))
  server.listen(0, '127.0.0.1')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return findPort(server)
}

/** Finds a port on which nothing listens. */
export async function findDeadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  const port = await findPort(server)
  server.close()
  await once(server, 'close')
  return port
}

/** Makes a certificate for localhost that nobody has signed but itself. */
export async function createCertificate(t: TestContext): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'mail-'))
  t.after(() => rm(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  await promisify(execFile)('openssl', [...request, ...subject, '-keyout', key, '-out', cert])
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
}
