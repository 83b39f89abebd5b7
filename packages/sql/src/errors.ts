import { AppError } from '@secureconnect/errors'
import { sqlLimits } from './limits.ts'

/** What the database refused, by its SQLSTATE. It carries no value of a row, because errors end up in log lines. */
export class SqlError extends Error {
  readonly state: string
  readonly constraint: string | undefined

  constructor(message: string, { state, constraint }: { state: string; constraint?: string | undefined }) {
    super(message)
    this.name = 'SqlError'
    this.state = state
    this.constraint = constraint
  }
}

/** `full` is the server's disk: what needs no room goes on. */
export type UnavailableReason = 'connection' | 'timeout' | 'exhausted' | 'contention' | 'full'

/** The database cannot serve this now: the client hears 503 and when to come back. */
export class SqlUnavailable extends AppError {
  readonly reason: UnavailableReason

  constructor(reason: UnavailableReason, cause?: unknown) {
    super('SERVICE_UNAVAILABLE', 'The database cannot serve this right now.', {
      cause,
      retryAfterMs: sqlLimits.retryAfterMs,
    })
    this.reason = reason
  }
}

const statementTimeout = '57014'
const diskFull = '53100'
const serializationFailures: readonly string[] = ['40001', '40P01']
/** Connection trouble, shutdown, start-up, too many clients, read-only standby, wrong credentials. */
const unavailableStates = /^(08|28|3D|53|57P|58|25006|25P03|25P04)/

function textField(error: object, field: string): string | undefined {
  const value: unknown = Reflect.get(error, field)
  return typeof value === 'string' ? value : undefined
}

function findState(error: object): string | undefined {
  const state = textField(error, 'code')
  return state !== undefined && /^[0-9A-Z]{5}$/.test(state) && 'severity' in error ? state : undefined
}

/** What an error that the server itself sent means to us; undefined where it did not come from the server. */
export function translateRefusal(error: unknown): SqlError | SqlUnavailable | undefined {
  if (!(error instanceof Error)) return undefined
  const state = findState(error)
  if (state === undefined) return undefined
  const refusal = new SqlError(error.message, { state, constraint: textField(error, 'constraint') })
  if (state === statementTimeout) return new SqlUnavailable('timeout', refusal)
  if (state === diskFull) return new SqlUnavailable('full', refusal)
  return unavailableStates.test(state) ? new SqlUnavailable('connection', refusal) : refusal
}

/** Whether a row was refused because another one holds its key; of one constraint, or of any. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof SqlError) || error.state !== '23505') return false
  return constraint === undefined || error.constraint === constraint
}

/** Whether the database asks for the whole transaction once more, or asked until we gave up. */
export function isSerializationFailure(error: unknown): boolean {
  if (error instanceof SqlUnavailable) return error.reason === 'contention'
  return error instanceof SqlError && (serializationFailures.includes(error.state) || isStalePlan(error))
}

/** Whether a connection keeps a plan whose columns a migration has changed since. */
function isStalePlan(error: unknown): boolean {
  return error instanceof SqlError && error.state === '0A000' && error.message.startsWith('cached plan')
}

/** Whether the database cannot be used for now, which will pass: it is away, or its breaker is open. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE'
}

/** Whether the connection that raised `error` is of no further use. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof SqlUnavailable)) return isStalePlan(error)
  return error.reason === 'connection' || (error.reason === 'timeout' && !(error.cause instanceof SqlError))
}

/** A short name for a metric's label. */
export function errorLabel(error: unknown): string {
  if (error instanceof SqlUnavailable) return error.reason
  return error instanceof SqlError ? error.state : 'other'
}
