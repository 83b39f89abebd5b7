import { stdSerializers } from 'pino'

/** Names of fields that never reach a log line, at the top or up to three levels down. */
const secretFields = new Set([
  'password',
  'old_password',
  'new_password',
  'token',
  'access_token',
  'refresh_token',
  'ticket',
  'secret',
  'authorization',
  'cookie',
  'content',
  'upload_url',
  'download_url',
  'credential',
])
const levels = 4

type Fields = Record<string, unknown>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function copy(fields: Fields): Fields {
  return Array.isArray(fields) ? Object.assign([], fields) : { ...fields }
}

/**
 * The fields with their secrets cut out and their errors told; as a rule the very same object, because there are none.
 * Written out rather than left to pino, which copies all fields of every line before it looks: half of what a line costs.
 */
export function hideSecrets(fields: Fields, level = 1): Fields {
  let shown = fields
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    const safe = secretFields.has(name) ? '[redacted]' : hideBelow(value, level)
    if (safe === value) continue
    if (shown === fields) shown = copy(fields)
    shown[name] = safe
  }
  return shown
}

function hideBelow(value: unknown, level: number): unknown {
  if (!isFields(value) || level === levels) return value
  return hideSecrets(value instanceof Error ? { ...stdSerializers.err(value) } : value, level + 1)
}
