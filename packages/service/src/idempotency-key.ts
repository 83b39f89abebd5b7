import { limits } from '@secureconnect/protocol'
import type { FastifyRequest } from 'fastify'
import { validationError } from './validation.ts'

const { min, max } = limits.idempotencyKeyCharacters
const pattern = new RegExp(`^[\\x21-\\x7e]{${min},${max}}$`)

/** The key under which a client repeats a request that makes something, where it sent one. */
export function readIdempotencyKey({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined || (typeof key === 'string' && pattern.test(key))) return key
  throw validationError([{ field: 'Idempotency-Key', message: `must be ${min} to ${max} visible characters` }])
}
