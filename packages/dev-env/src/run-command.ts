import { parseArgs } from 'node:util'

type Said = { folder: string; words: string[] }

function parse(args: readonly string[]): Said {
  const options = {
    data: { type: 'string', default: '.data' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
  return { folder: values.data, words: values.help ? ['help'] : positionals }
}

/** Runs a command of the data folder, `npm run` and its name; whatever it cannot be run for is said in one sentence. */
export async function runCommand(name: string, run: (said: Said) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run(parse(process.argv.slice(2)))
  } catch (error) {
    const [fault] = error instanceof Error ? error.message.split(/[.\n]/, 1) : []
    console.error(`${fault}: npm run ${name} -- --help shows what can be said.`)
    process.exitCode = 1
  }
}
