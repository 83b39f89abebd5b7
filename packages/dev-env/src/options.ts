import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { serviceNames } from '@secureconnect/protocol'

export type Options = {
  folder: string
  portBase: number
  settingsFile: string | undefined
  isReset: boolean
  isHelp: boolean
  isSure: boolean
}

const lastOf = (portBase: number) => portBase + serviceNames.length - 1
const defaultPortBase = 8080
const highestPort = 65_535

export const help = `Starts SecureConnect: all five services in one process, with its own database.

  npm start                       start, with the data of last time
  npm start -- --data DIR         keep the data in DIR instead of .data
  npm start -- --port-base N      use the ports from N on, instead of ${defaultPortBase} to ${lastOf(defaultPortBase)}
  npm start -- --settings FILE    give the services the settings in FILE, one NAME=value a line
  npm start -- --reset            delete the data first (asks; --yes answers)
  npm start -- --help             this text

Stop it with Ctrl-C.`

const options = {
  data: { type: 'string', default: '.data' },
  'port-base': { type: 'string', default: String(defaultPortBase) },
  settings: { type: 'string' },
  reset: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    const [fault] = error instanceof Error ? error.message.split(/[.\n]/, 1) : []
    const known = Object.keys(options).map((name) => `--${name}`)
    throw new Error(`${fault}: npm start -- takes ${known.join(', ')}; the last says what each does.`, { cause: error })
  }
}

/** What to start, from the command line; a wrong option throws with one sentence. */
export function parseOptions(args: readonly string[]): Options {
  const { data, 'port-base': portBase, settings, reset, yes, help } = parse(args)
  const first = Number(portBase)
  if (!/^\d+$/.test(portBase) || first < 1 || lastOf(first) > highestPort) {
    throw new Error(`--port-base must be a whole number from 1 to ${highestPort - lastOf(0)}.`)
  }
  if (data === '') throw new Error('--data must name a folder.')
  return { folder: resolve(data), portBase: first, settingsFile: settings, isReset: reset, isHelp: help, isSure: yes }
}
