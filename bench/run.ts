// `npm run bench`: the benchmarks that are named, or all of them. Each ends by itself and leaves a report in bench/reports.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'

/** Every file beside this one is a benchmark; folders hold their parts. */
function listBenchmarks(): string[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'))
  return files.map((file) => basename(file, '.ts')).filter((name) => name !== 'run')
}

let running: ChildProcess | undefined
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    isStopped = true
    running?.kill(signal)
  })
}

/** Each runs in a process of its own, so that none inherits another's heap. */
async function run(name: string, args: readonly string[]): Promise<boolean> {
  running = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...args], { stdio: 'inherit' })
  const [code] = await once(running, 'close')
  return code === 0
}

const known = listBenchmarks()
const usage = `npm run bench -- NAME … [--quick], or --all, knows: ${known.join(', ')}`

function parse() {
  try {
    const options = { quick: { type: 'boolean', default: false }, all: { type: 'boolean', default: false } } as const
    return parseArgs({ allowPositionals: true, options })
  } catch {
    console.error(`There is no such option. ${usage}`)
    return process.exit(1)
  }
}

const { values, positionals } = parse()
const asked = values.all ? known : positionals
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0 || asked.length === 0) {
  const fault = unknown.length > 0 ? `There is no benchmark ${unknown.join(', ')}. ` : ''
  console.error(`${fault}${usage}`)
  process.exitCode = 1
} else {
  for (const name of asked) {
    if (isStopped || !(await run(name, values.quick ? ['--quick'] : []))) process.exitCode = 1
  }
}
