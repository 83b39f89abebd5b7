import type { Audit } from '@secureconnect/audit'
import { AppError, toAppError, toErrorBody } from '@secureconnect/errors'
import type { Logger } from '@secureconnect/logging'
import type { Operation } from '@secureconnect/protocol'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { validationError } from './validation.ts'

type Context = { log: Logger; audit: Audit }

/** Fastify's own refusals, in our words. */
const fastifyErrors: Record<string, () => AppError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new AppError('PAYLOAD_TOO_LARGE', 'The body is larger than this operation accepts.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => validationError([{ field: '', message: 'the body is empty' }]),
  FST_ERR_CTP_INVALID_JSON_BODY: () => validationError([{ field: '', message: 'the body is not valid JSON' }]),
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_')
}

function understand(error: unknown): AppError {
  if (!isFastifyError(error)) return toAppError(error)
  const known = fastifyErrors[error.code]
  if (known) return known()
  const isClientFault = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
  return isClientFault ? validationError([{ field: '', message: error.message }]) : toAppError(error)
}

/** Answers with an error in the common shape; every 429 and 503 says when to come back. */
export function sendError(reply: FastifyReply, error: AppError): FastifyReply {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)))
  return reply.code(error.status).type('application/json').send(toErrorBody(error, reply.request.facts.requestId))
}

/** Who asks for a file or a call that he may not know of is refused; there is no other way to look for those of others. */
export function isRefusal({ status, code }: AppError): boolean {
  return status === 401 || status === 403 || code === 'FILE_NOT_FOUND' || code === 'CALL_NOT_FOUND'
}

/** Every error ends here: it is logged if it is ours, audited if it is a refusal, and answered. */
export function registerErrorHandler(
  app: FastifyInstance,
  { log, audit }: Context,
  operations: Map<string, Operation>,
): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = understand(thrown)
    if (error.status >= 500) logFailure(log, error)
    if (isRefusal(error)) auditRefusal(audit, error, request, operations)
    return sendError(reply, error)
  })
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new AppError('ROUTE_NOT_FOUND', `There is nothing at ${request.method} ${request.url.split('?', 1)[0]}.`),
    ),
  )
}

function logFailure(log: Logger, error: AppError): void {
  const fields = { error: error.cause ?? error, code: error.code, outcome: 'failed' }
  if (error.status === 500) log.error(fields, 'request failed')
  else log.warn(fields, 'request could not be served')
}

function auditRefusal(
  audit: Audit,
  error: AppError,
  request: FastifyRequest,
  operations: Map<string, Operation>,
): void {
  const name = request.routeOptions.config.operation
  const operation = name === undefined ? undefined : operations.get(name)
  audit.record({
    resource: operation?.audit?.resource ?? 'operation',
    action: operation?.audit?.action ?? name ?? 'unknown',
    result: 'denied',
    reason: error.code,
    ...(request.caller && { userId: request.caller.userId, sessionId: request.caller.sessionId }),
  })
}
