import { parseArgs } from 'node:util'
import { serviceNames } from '@secureconnect/protocol'

export type Options = { folder: string; portBase: number; isReset: boolean; isHelp: boolean; isSure: boolean }

export const help = `Starts SecureConnect: all five services in one process, with its own database.

  npm start                       start, with the data of last time
  npm start -- --data DIR         keep the data in DIR instead of .data
  npm start -- --port-base N      use the ports N to N+${serviceNames.length - 1} instead of 8080 to 8084
  npm start -- --reset            delete the data first (asks; --yes answers)
  npm start -- --help             this text

Stop it with Ctrl-C.
`

const maxPort = 65_535

/** What to start, from the command line; a wrong option throws with one sentence. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: '.data' },
      'port-base': { type: 'string', default: '8080' },
      reset: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const portBase = Number(values['port-base'])
  const highest = maxPort - serviceNames.length + 1
  if (!Number.isInteger(portBase) || portBase < 1 || portBase > highest) {
    throw new Error(`--port-base must be a whole number from 1 to ${highest}.`)
  }
  return { folder: values.data, portBase, isReset: values.reset, isHelp: values.help, isSure: values.yes }
}
