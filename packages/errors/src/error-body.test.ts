import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from './app-error.ts'
import { toAppError, toErrorBody } from './error-body.ts'

test('an unexpected error hides its message behind INTERNAL_ERROR and keeps it as the cause', () => {
  const cause = new Error('password authentication failed for user "app"')
  const error = toAppError(cause)
  assert.equal(error.status, 500)
  assert.equal(error.cause, cause)
  assert.doesNotMatch(JSON.stringify(toErrorBody(error, 'request-1')), /password/)
})

test('every 429 and 503 tells when to come back', () => {
  assert.equal(toErrorBody(new AppError('CAPACITY', 'Busy.'), 'r').error.retry_after_ms, 1_000)
  assert.equal(
    toErrorBody(new AppError('RATE_LIMITED', 'Slow down.', { retryAfterMs: 20.5 }), 'r').error.retry_after_ms,
    21,
  )
  assert.equal(toErrorBody(new AppError('NOT_FOUND', 'Gone.'), 'r').error.retry_after_ms, undefined)
})

test('an expected error keeps its code, message and field faults', () => {
  const error = new AppError('VALIDATION_ERROR', 'Check the marked fields.', {
    details: [{ field: 'email', message: 'is missing' }],
  })
  const body = toErrorBody(error, 'request-2')
  assert.equal(error.status, 400)
  assert.deepEqual(body.error.details, [{ field: 'email', message: 'is missing' }])
  assert.equal(body.meta.request_id, 'request-2')
})
