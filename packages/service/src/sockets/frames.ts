import { AppError } from '@secureconnect/errors'
import { AuthFrame, AuthRefreshFrame, RequestId } from '@secureconnect/protocol'
import type { Caller } from '@secureconnect/tokens'
import { type Static, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { createCheck } from '../validation.ts'
import type { Connection } from './connection.ts'

export type FrameInput<T extends TSchema = TSchema> = { frame: Static<T>; caller: Caller; connection: Connection }

/** One frame of a protocol beyond the common ones: how it is checked, and what it does. */
export type FrameHandler = {
  readonly check: (value: unknown) => unknown
  readonly handle: (input: FrameInput) => unknown
}

/** Ties a frame's schema to what carries it out. */
export function frame<T extends TSchema>(schema: T, handle: (input: FrameInput<T>) => unknown): FrameHandler {
  return { check: createCheck(schema), handle: (input) => handle(input) }
}

export type IncomingFrame =
  | { kind: 'pong'; type: 'pong'; id: undefined }
  | { kind: 'auth'; type: string; id: string | undefined; value: AuthFrame | AuthRefreshFrame }
  | { kind: 'own'; type: string; id: string | undefined; value: unknown; handler: FrameHandler }
  | { kind: 'malformed'; type: 'malformed'; id: string | undefined; error: AppError }

const authChecks = new Map<string, (value: unknown) => AuthFrame | AuthRefreshFrame>([
  ['auth', createCheck(AuthFrame)],
  ['auth.refresh', createCheck(AuthRefreshFrame)],
])

const Shape = Compile(Type.Object({ type: Type.String(), id: Type.Optional(RequestId) }))

function malformed(message: string, id?: string): IncomingFrame {
  return { kind: 'malformed', type: 'malformed', id, error: new AppError('VALIDATION_ERROR', message) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Reads one text frame: of the common ones, of this protocol's own, or malformed. */
export function readFrame(text: string, handlers: ReadonlyMap<string, FrameHandler>): IncomingFrame {
  const value = parse(text)
  if (!Shape.Check(value))
    return malformed('A frame is one JSON object with a "type", and an "id" of 1 to 64 characters.')
  const { type, id } = value
  if (type === 'pong') return { kind: 'pong', type, id: undefined }
  const checkAuth = authChecks.get(type)
  const handler = handlers.get(type)
  try {
    if (checkAuth) return { kind: 'auth', type, id, value: checkAuth(value) }
    if (handler) return { kind: 'own', type, id, value: handler.check(value), handler }
  } catch (error) {
    if (error instanceof AppError) return { kind: 'malformed', type: 'malformed', id, error }
    throw error
  }
  return malformed('This socket knows no such frame.', id)
}
