import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { createBreaker, type DependencyLimits, withTimeout } from '@secureconnect/resilience'
import { createTransport } from 'nodemailer'
import { countMail, type FailureReason, MailError, type Mailer, toMessage } from './mailer.ts'

/** `starttls` and `tls` refuse to go on in the clear or with a certificate that does not verify. */
export type SmtpSecurity = 'starttls' | 'tls' | 'none'

export type SmtpOptions = {
  host: string
  port: number
  security: SmtpSecurity
  login?: { user: string; pass: string } | undefined
  from: string
  metrics: Metrics
  log: Logger
}

const maxConnections = 2

/** The limits of the SMTP client, for the list printed at start. */
export const smtpLimits: DependencyLimits = {
  dependency: 'smtp',
  connectTimeoutMs: 5_000,
  callTimeoutMs: 20_000,
  inFlight: `${maxConnections} connections`,
  retries: 'outbox',
}

const tlsOptions = {
  starttls: { secure: false, requireTLS: true },
  tls: { secure: true },
  none: { secure: false, ignoreTLS: true },
} as const

/** Connects as mails would go and signs in, but sends nothing; throws why no mail would go. */
export async function trySmtp(server: Pick<SmtpOptions, 'host' | 'port' | 'security' | 'login'>): Promise<void> {
  const { host, port, security, login } = server
  const { connectTimeoutMs } = smtpLimits
  const limits = { connectionTimeout: connectTimeoutMs, dnsTimeout: connectTimeoutMs }
  const waits = { greetingTimeout: connectTimeoutMs, socketTimeout: connectTimeoutMs }
  const transport = createTransport({
    host,
    port,
    ...tlsOptions[security],
    ...(login && { auth: login }),
    ...limits,
    ...waits,
  })
  try {
    await transport.verify()
  } catch (error) {
    throwMailError(error)
  } finally {
    transport.close()
  }
}

/** Sends mails over SMTP. Connects when there is something to send; a server that is away only delays mails. */
export function connectSmtp(options: SmtpOptions): Mailer {
  const { host, port, security, login, from, metrics, log } = options
  const transport = createTransport({
    pool: true,
    host,
    port,
    ...tlsOptions[security],
    ...(login && { auth: login }),
    maxConnections,
    // A connection that breaks while sending fails that mail; sending it again is the outbox's work.
    maxRequeues: 0,
    connectionTimeout: smtpLimits.connectTimeoutMs,
    dnsTimeout: smtpLimits.connectTimeoutMs,
    greetingTimeout: smtpLimits.callTimeoutMs,
    socketTimeout: smtpLimits.callTimeoutMs,
  })
  const limits = { dependency: smtpLimits.dependency, timeoutMs: smtpLimits.callTimeoutMs }
  const breaker = createBreaker({ dependency: smtpLimits.dependency, metrics, log, isFailure: isServerFailure })

  return {
    send: (mail) =>
      countMail(metrics, mail, async () => {
        const message = toMessage(mail, from)
        await breaker.call(() =>
          withTimeout(limits, (signal) => transport.sendMail({ ...message, signal })).catch(throwMailError),
        )
        log.info({ type: mail.type, message_id: mail.messageId, dependency: 'smtp' }, 'mail sent')
      }),
    close: async () => {
      breaker.close()
      transport.close({ force: true })
    },
  }
}

/** What is wrong with one mail says nothing about the server. */
function isServerFailure(error: unknown): boolean {
  return !(error instanceof MailError) || (error.reason !== 'refused' && error.reason !== 'deferred')
}

function throwMailError(error: unknown): never {
  const reason = findReason(error)
  throw new MailError(reason, `the mail was not sent: ${reason}`, { cause: error })
}

const reasonOfCode: Readonly<Record<string, FailureReason>> = {
  EAUTH: 'login',
  ENOAUTH: 'login',
  ETLS: 'tls',
  ETIMEDOUT: 'timeout',
  // What `withTimeout` throws when the whole exchange takes too long.
  SERVICE_UNAVAILABLE: 'timeout',
  REQUEST_TIMEOUT: 'timeout',
}

/** Such as DEPTH_ZERO_SELF_SIGNED_CERT, UNABLE_TO_VERIFY_LEAF_SIGNATURE, ERR_SSL_WRONG_VERSION_NUMBER. */
const certificateCode = /CERT|SIGNATURE|ERR_SSL|ERR_TLS/

function findReason(error: unknown): FailureReason {
  if (!(error instanceof Error) || !('code' in error)) return 'unreachable'
  const isAboutMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  if (isAboutMail && 'responseCode' in error) return Number(error.responseCode) >= 500 ? 'refused' : 'deferred'
  if ('originalCode' in error && certificateCode.test(String(error.originalCode))) return 'tls'
  return reasonOfCode[String(error.code)] ?? 'unreachable'
}
