import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { SettingFault } from '@secureconnect/config'

const secretPrefix = 'whsec_'
const keyBytes = { min: 24, max: 64 } as const
const base64 = /^[A-Za-z0-9+/]+={0,2}$/
const newForMs = 300_000

/**
 * The keys that a secret file holds: base64, each in a line of its own. While a secret is replaced it holds the new one
 * and the old one, and posts are signed with both.
 */
export function parseWebhookKeys(text: string): Buffer[] {
  const lines = text
    .split(/\s+/)
    .map((line) => (line.startsWith(secretPrefix) ? line.slice(secretPrefix.length) : line))
  const keys = lines.map((line) => Buffer.from(line, 'base64'))
  const areKeys = keys.every(({ length }) => length >= keyBytes.min && length <= keyBytes.max)
  if (!areKeys || !lines.every((line) => base64.test(line))) {
    throw new SettingFault(`must hold ${keyBytes.min} to ${keyBytes.max} bytes in base64: openssl rand -base64 48`)
  }
  return keys
}

export type Post = { id: string; body: string; at: Date }

/** The headers by which a receiver knows that a post is ours and new, as standardwebhooks.com has them. */
export function signPost({ id, body, at }: Post, keys: readonly Buffer[]) {
  const timestamp = String(Math.floor(at.getTime() / 1_000))
  const sign = (key: Buffer) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': keys.map(sign).join(' ') }
}

/** Whether a post that came was signed with one of the keys, and not long ago. */
export function isSigned(
  { headers, body }: { headers: IncomingHttpHeaders; body: string },
  keys: readonly Buffer[],
): boolean {
  const [id = '', timestamp, signatures = ''] = ['id', 'timestamp', 'signature'].map((name) =>
    String(headers[`webhook-${name}`]),
  )
  const at = new Date(Number(timestamp) * 1_000)
  if (!(Math.abs(Date.now() - at.getTime()) < newForMs)) return false
  const given = signatures.split(' ').map((signature) => Buffer.from(signature))
  return keys.some((key) => {
    const expected = Buffer.from(signPost({ id, body, at }, [key])['webhook-signature'])
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
}
