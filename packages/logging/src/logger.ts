import { type DestinationStream, destination, type Logger as PinoLogger, pino } from 'pino'
import { hideSecrets } from './hide-secrets.ts'
import { currentRequest } from './request-context.ts'

export type Logger = PinoLogger
export const logLevels = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export type LoggerOptions = {
  service: string
  revision: string
  level: LogLevel
  /** Where lines go; standard output unless a test listens. */
  stream?: DestinationStream
}

function requestFields(): object {
  const request = currentRequest()
  if (!request) return {}
  return {
    request_id: request.requestId,
    trace_id: request.traceId,
    ...(request.operation && { operation: request.operation }),
    ...(request.userId && { user_id: request.userId }),
  }
}

/** Lines are gathered and written together: one write for each line would cost more than the request it tells of. */
function createStandardOutput(): DestinationStream {
  return destination({ dest: 1, sync: false, minLength: 32_768, maxWrite: 65_536, periodicFlush: 200 })
}

/** A logger that writes one JSON object a line, with the request under way in each. */
export function createLogger({ service, revision, level, stream }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, revision },
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), bindings: hideSecrets, log: hideSecrets },
      // The errors are told by then.
      serializers: { err: (told) => told },
      mixin: requestFields,
    },
    stream ?? createStandardOutput(),
  )
}

/** Waits until every line has been written, before the process ends. */
export function flushLogger(log: Logger): Promise<void> {
  return new Promise((done) => log.flush(() => done()))
}
