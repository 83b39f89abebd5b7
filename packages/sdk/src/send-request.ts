import type { ErrorBody } from '@secureconnect/protocol'
import { type ErrorCode, errorStatus, headers, limits } from '@secureconnect/protocol/constants'
import { ApiError, ConnectionError } from './errors.ts'
import { parseJson } from './parse-json.ts'
import type { Call, Input, Row } from './rest.ts'

/** Longer than the service takes to say that something took too long. */
const timeoutMs = 3 * limits.requestDeadlineMs

export type Request = Call & { address: string; token: string | undefined; sendsCookies: boolean }

/** Puts what a path names in its place; the rest is what goes into the query or the body. */
function fillPath([, , path]: Row, input: Input): { path: string; rest: Input } {
  const rest = { ...input }
  const filled = path.replace(/:([a-z_]+)/g, (_, name: string) => {
    const value = rest[name]
    if (typeof value !== 'string' || value === '') throw new TypeError(`${path} needs "${name}"`)
    delete rest[name]
    return encodeURIComponent(value)
  })
  return { path: filled, rest }
}

function toQuery(fields: Input): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query}`
}

function toFetch({ row, input, options, address, token, sendsCookies }: Request): [url: string, init: RequestInit] {
  const [, method] = row
  const { path, rest } = fillPath(row, input)
  const isGet = method === 'GET'
  const hasBody = !isGet && (method !== 'DELETE' || Object.keys(rest).length > 0)
  const { signal, idempotencyKey } = options
  const timeout = AbortSignal.timeout(timeoutMs)
  const init = {
    method,
    headers: {
      ...(hasBody && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(idempotencyKey !== undefined && { [headers.idempotencyKey]: idempotencyKey }),
    },
    ...(hasBody && { body: JSON.stringify(rest) }),
    ...(sendsCookies && { credentials: 'include' as const }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }
  return [`${address}${path}${isGet ? toQuery(rest) : ''}`, init]
}

/** A code for an answer that is not of ours, such as a proxy's page: the first that has its status. */
function guessCode(status: number): ErrorCode {
  const known = Object.entries(errorStatus).find(([, other]) => other === status)
  return known ? (known[0] as ErrorCode) : 'UPSTREAM_ERROR'
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'error' in body && 'meta' in body
}

async function exchange(request: Request): Promise<{ response: Response; body: unknown }> {
  const [url, init] = toFetch(request)
  try {
    const response = await fetch(url, init)
    return { response, body: parseJson(await response.text()) }
  } catch (error) {
    if (request.options.signal?.aborted) throw error
    throw new ConnectionError(`No answer from ${request.address}.`, { cause: error })
  }
}

/** Sends one request and returns the data of its answer; throws an ApiError, or a ConnectionError without an answer. */
export async function sendRequest(request: Request): Promise<unknown> {
  const { response, body } = await exchange(request)
  if (isErrorBody(body)) throw new ApiError({ ...body.error, requestId: body.meta.request_id })
  if (!response.ok || body === undefined) {
    const message = `The answer with status ${response.status} is not one of SecureConnect's.`
    throw new ApiError({ code: guessCode(response.ok ? 502 : response.status), message })
  }
  const isEnvelope = typeof body === 'object' && body !== null && 'success' in body && 'data' in body
  return isEnvelope ? body.data : body
}
