import { malformedRequest } from '../errors.ts'

/**
 * The headers that reach a service from outside. Whatever else was sent stays here: hop-by-hop headers, and every name
 * (X-Forwarded-*, X-User-*, Forwarded, …) by which one server might believe what another one said.
 */
const passed = [
  'accept',
  'accept-language',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'origin',
  'range',
  'user-agent',
]
/** The one cookie of ours is the refresh token, which is nobody else's to see. */
const passedToAuth = [...passed, 'cookie']
const socketPassed = [
  'authorization',
  'origin',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'user-agent',
]
/** These frame the message or name its sender: a second one means that somebody reads another message than we do. */
const framing = ['host', 'content-length', 'transfer-encoding', 'connection', 'upgrade']
const repeatable = new Set([
  'accept',
  'accept-language',
  'if-match',
  'if-none-match',
  'connection',
  'sec-websocket-extensions',
])

type Rule = { name: string; isPassed: boolean; isRepeatable: boolean; bit: number }

/** A table by the spellings that clients use, so that most names need no lower-casing. */
function createRules(names: readonly string[]): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>()
  for (const [index, name] of [...framing, ...names].entries()) {
    const rule = { name, isPassed: names.includes(name), isRepeatable: repeatable.has(name), bit: 1 << index }
    rules.set(name, rule)
    rules.set(
      name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()),
      rule,
    )
  }
  return rules
}

const requestRules = createRules(passed)
const authRules = createRules(passedToAuth)
const socketRules = createRules(socketPassed)

/** Names that the Connection header declares to be for the next hop only. */
function readHopByHop(value: string): string[] {
  if (/^(?:keep-alive|close|upgrade)$/i.test(value)) return []
  return value.split(',').map((name) => name.trim().toLowerCase())
}

function copy(raw: readonly string[], rules: ReadonlyMap<string, Rule>): string[] {
  const copied: string[] = []
  let seen = 0
  let hopByHop: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [written = '', value = ''] = [raw[i], raw[i + 1]]
    const rule = rules.get(written) ?? rules.get(written.toLowerCase())
    if (!rule) continue
    if ((seen & rule.bit) !== 0 && !rule.isRepeatable) throw malformedRequest(`The header ${rule.name} came twice.`)
    seen |= rule.bit
    if (rule.isPassed) copied.push(rule.name, value)
    else if (rule.name === 'connection') hopByHop = hopByHop.concat(readHopByHop(value))
  }
  return hopByHop.length === 0 ? copied : dropNamed(copied, hopByHop)
}

function dropNamed(headers: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name = '', value = ''] = [headers[i], headers[i + 1]]
    if (!names.includes(name)) kept.push(name, value)
  }
  return kept
}

/** The headers of a request that its service may see, as name, value, name, value; ambiguous ones are refused. */
export function copyRequestHeaders(raw: readonly string[], service: string): string[] {
  return copy(raw, service === 'auth-service' ? authRules : requestRules)
}

/** The same for the opening of a socket. */
export function copySocketHeaders(raw: readonly string[]): string[] {
  return copy(raw, socketRules)
}
