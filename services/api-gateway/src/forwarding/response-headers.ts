import type { IncomingHttpHeaders } from 'node:http'
import { headers as names } from '@secureconnect/protocol'

/** The headers of a service's answer that concern its client; all others are between the service and us. */
const passed = new Set([
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'retry-after',
  'set-cookie',
  'www-authenticate',
])

/** Appends a service's headers to ours, as name, value, name, value. */
export function appendResponseHeaders(target: string[], headers: IncomingHttpHeaders): void {
  for (const name in headers) {
    if (!passed.has(name)) continue
    const value = headers[name]
    if (typeof value === 'string') target.push(name, value)
    else if (value !== undefined) for (const item of value) target.push(name, item)
  }
}

/** Appends what an answer was made without: what its service misses, and Redis where we miss it. */
export function appendDegraded(target: string[], headers: IncomingHttpHeaders, isDegraded: boolean): void {
  const told = headers[names.degraded]
  if (typeof told !== 'string' && !isDegraded) return
  const parts = typeof told === 'string' ? told.split(/ *, */) : []
  if (isDegraded) parts.push('redis')
  target.push(names.degraded, [...new Set(parts)].join(', '))
}

/** Whether an answer is one of ours: a result, "not modified", or an error in the common shape. */
export function isOwnAnswer(status: number, headers: IncomingHttpHeaders): boolean {
  if ((status >= 200 && status < 300) || status === 304) return true
  return status >= 400 && headers['content-type']?.startsWith('application/json') === true
}
