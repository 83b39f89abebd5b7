import type { Static, TObject, TSchema } from 'typebox'
import type { ErrorCode } from './error-codes.ts'
import { limits } from './limits.ts'
import type { RateClass } from './rate-classes.ts'
import type { ServiceName } from './services.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Caller = 'public' | 'user' | 'admin'
export type AnswerStatus = 200 | 201 | 202
/** What goes first when not everything can be served. */
export type Priority = 'critical' | 'interactive' | 'read' | 'droppable'

type Row = {
  /** Stable name for logs, metrics, audit and the SDK, such as `chat.message.send`. */
  name: string
  summary: string
  method: Method
  /** Path template; a parameter is a whole segment, such as `/v1/users/:user_id`. */
  path: `/${string}`
  caller: Caller
  /** Also for whoever's session has ended already: to end it once more is no fault. */
  mayHaveEnded?: true
  /** `unlimited` is for what must always answer: the public keys. */
  rate?: RateClass | 'unlimited'
  bodyLimit?: number
  deadlineMs?: number
  /** GETs are `read` and the rest `interactive` unless the row says otherwise. */
  priority?: Priority
  params?: TObject
  query?: TObject
  body?: TObject
  /** The data of each successful answer, by status. */
  answer: { readonly [status in AnswerStatus]?: TSchema }
  /** A bare answer is sent as it is, without the envelope. */
  bare?: boolean
  /** Codes this operation raises besides those every operation may: validation, authentication, limits, outages. */
  errors?: readonly ErrorCode[]
  audit?: { readonly resource: string; readonly action: string }
}

type Defaults = { rate: RateClass | 'unlimited'; bodyLimit: number; deadlineMs: number; errors: readonly ErrorCode[] }

/** One REST operation: everything the gateway, the service, the documents and the SDK know of it. */
export type Operation<R extends Row = Row> = Readonly<R & Defaults & { service: ServiceName }>

const defaults: Defaults = {
  rate: 'default',
  bodyLimit: limits.bodyBytes,
  deadlineMs: limits.requestDeadlineMs,
  errors: [],
}

/** Declares the operations of one service; what a row leaves out takes the common value. */
export function operations<const T extends Record<string, Row>>(
  service: ServiceName,
  rows: T,
): { readonly [K in keyof T]: Operation<T[K]> } {
  const entries = Object.entries(rows).map(([key, row]) => [key, Object.freeze({ ...defaults, ...row, service })])
  return Object.fromEntries(entries)
}

type Shape<T> = T extends TSchema ? Static<T> : undefined

export type ParamsOf<O extends Operation> = Shape<O['params']>
export type QueryOf<O extends Operation> = Shape<O['query']>
export type BodyOf<O extends Operation> = Shape<O['body']>
/** The data of an operation's answer, whichever status it comes with. */
export type AnswerOf<O extends Operation> = Shape<O['answer'][keyof O['answer']]>
