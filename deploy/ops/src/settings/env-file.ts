import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Fault } from '../fault.ts'
import { writeWhole } from '../write-whole.ts'

const header = `# What docker-compose.production.yml is told of this installation. Made by ./ops init, yours to change: run ./ops init
# and ./ops up again afterwards. No secret stands here; those are in secrets/.
`

export function readSettings(root: string): Map<string, string> {
  const path = join(root, '.env')
  if (!existsSync(path)) return new Map()
  const entries = Object.entries(parseEnv(readFileSync(path, 'utf8')))
  return new Map(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** The settings of an installation that `init` has finished with. */
export function getSetting(settings: ReadonlyMap<string, string>, name: string): string {
  const value = settings.get(name)
  if (value) return value
  throw new Fault(`.env does not say ${name}.`, 'Run ./ops init, which asks for it.')
}

/** Values with blanks stand in quotes; none may hold a quote, a dollar or a backslash. */
function format(name: string, value: string): string {
  return `${name}=${/^[\w.,:@/+-]*$/.test(value) ? value : `"${value}"`}`
}

/** Adds what .env does not say yet, and leaves every line of it as it is. */
export function addSettings(root: string, settings: ReadonlyMap<string, string>): void {
  const path = join(root, '.env')
  const known = readSettings(root)
  const added = [...settings].filter(([name]) => !known.get(name)).map(([name, value]) => format(name, value))
  if (added.length === 0) return
  const before = existsSync(path) ? readFileSync(path, 'utf8').replace(/\n*$/, '\n') : header
  writeWhole(path, `${before}${added.join('\n')}\n`, { mode: 0o644 })
}

/** Sets one value that is the tool's own to change. */
export function replaceSetting(root: string, name: string, value: string): void {
  const path = join(root, '.env')
  const text = readFileSync(path, 'utf8')
  const line = new RegExp(`^${name}=.*$`, 'm')
  const changed = line.test(text) ? text.replace(line, format(name, value)) : `${text}${format(name, value)}\n`
  if (changed !== text) writeWhole(path, changed, { mode: 0o644 })
}
