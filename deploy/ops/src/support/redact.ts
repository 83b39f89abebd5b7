import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { secretKinds } from '../secrets/secret-kinds.ts'

/** Shorter texts would take away what is no secret, such as a user's name that is a word. */
const shortest = 8

type Replacement = { text: string; by: string }

/** Every text in a JSON document, at any depth. */
function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listTexts) : []
}

function readTexts(path: string): string[] {
  const content = readFileSync(path, 'utf8').trim()
  const inside = content.startsWith('{') ? listTexts(JSON.parse(content)) : content.split('\n')
  return [content, ...inside.map((text) => text.trim())]
}

/** What stands for secrets in any text: each value in each way that it may be written, the longest first. */
export function listReplacements(secretsFolder: string): Replacement[] {
  const known = Object.keys(secretKinds).filter((name) => existsSync(join(secretsFolder, name)))
  const replacements = known.flatMap((name) =>
    readTexts(join(secretsFolder, name))
      .filter((text) => text.length >= shortest)
      .flatMap((text) => [text, encodeURIComponent(text), Buffer.from(text).toString('base64')])
      .map((text) => ({ text, by: `[secret ${name}]` })),
  )
  return replacements.sort((a, b) => b.text.length - a.text.length)
}

/** What is nobody else's business whatever its value is. */
const patterns: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key]'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 [token]'],
  [/\b(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"\\]+/gi, '$1[signature]'],
  [/((?:password|secret|token|cookie|authorization)"?\s*[:=]\s*"?)(?!\[)[^\s",}\\]{6,}/gi, '$1[redacted]'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[address]'],
]

/** The text without secrets, tokens, keys and people's addresses. */
export function redact(text: string, replacements: readonly Replacement[]): string {
  let clean = text
  for (const { text: secret, by } of replacements) clean = clean.replaceAll(secret, by)
  for (const [pattern, by] of patterns) clean = clean.replace(pattern, by)
  return clean
}
