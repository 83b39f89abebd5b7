import { randomUUID } from 'node:crypto'
import type { Operation } from '@secureconnect/protocol'
import type { Input, Values } from './example-input.ts'

/** What goes out in the place of the input's body. */
export type RawBody = { text: string | Buffer<ArrayBuffer>; type?: string }

type Options = {
  input: Input
  token?: string | undefined
  headers?: Record<string, string>
  rawBody?: RawBody | undefined
}

/** A network of its own for each request, so that limits by network say nothing. */
function createNetwork(): string {
  return `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`
}

/** Text as it stands in an address; a lone surrogate as the bytes that stand for nothing. */
function toAddressText(value: unknown): string {
  return String(value)
    .split(/([\ud800-\udfff])/u)
    .map((part) => (/^[\ud800-\udfff]$/u.test(part) ? '%ED%A0%80' : encodeURIComponent(part)))
    .join('')
}

function toQuery(query: Values): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${toAddressText(value)}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}

/** Sends what an operation's row says, and reads the answer. */
export async function sendOperation(
  address: string,
  operation: Operation,
  { input, token, headers, rawBody }: Options,
) {
  const { params, query } = input
  const { text: body, type = 'application/json' } = rawBody ?? { text: input.body && JSON.stringify(input.body) }
  const path = operation.path.replaceAll(/:([a-z_]+)/g, (_, name: string) => toAddressText(params[name]))
  const response = await fetch(`${address}${path}${toQuery(query)}`, {
    method: operation.method,
    headers: {
      'x-forwarded-for': createNetwork(),
      ...(body !== undefined && { 'content-type': type }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  const answer = text === '' ? {} : JSON.parse(text)
  return { status: response.status, headers: response.headers, code: answer.error?.code, answer, text }
}
