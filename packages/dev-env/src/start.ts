import { mkdirSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { serviceNames } from '@secureconnect/protocol'
import { lockDataFolder } from './data-lock.ts'
import { type EmbeddedSystem, startEmbeddedSystem } from './embedded-system.ts'
import { assertPortsFree } from './free-ports.ts'
import { help, type Options, parseOptions } from './options.ts'
import { findRevision } from './revision.ts'

async function confirmReset({ folder, isSure }: Options): Promise<boolean> {
  if (isSure) return true
  if (!process.stdin.isTTY) throw new Error('--reset asks before it deletes: answer with --yes where nobody can type.')
  using lines = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await lines.question(`Delete all accounts, messages and files in ${folder}? [y/N] `)
  return /^y(es)?$/i.test(answer.trim())
}

function describe({ addresses, logFile }: EmbeddedSystem, { folder }: Options, seconds: string): string {
  const gateway = addresses['api-gateway'].replace('127.0.0.1', 'localhost')
  const rows = serviceNames.map(
    (service) => `  ${service.padEnd(16)} ${addresses[service].replace('127.0.0.1', 'localhost')}`,
  )
  return `
SecureConnect runs (started in ${seconds} s).

${rows.join('\n')}

  data             ${folder}
  log              ${logFile}

Try it:
  curl -s ${gateway}/health
  curl -s ${gateway}/v1/auth/register -H 'content-type: application/json' \\
    -d '{"email":"ada@example.org","username":"ada","display_name":"Ada","password":"a long good phrase"}'
  curl -s ${gateway}/v1/users/me -H 'authorization: Bearer <access_token from above>'

Stop it with Ctrl-C.
`
}

/** Waits for the first signal that asks to stop; a terminal may send the same one several times. */
function waitForSignal(): Promise<string> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done(signal))
  })
}

async function start(options: Options): Promise<void> {
  const startedAt = performance.now()
  const { folder, portBase, isReset } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  using lock = lockDataFolder(folder)
  if (isReset) {
    if (!(await confirmReset(options))) return console.log('Nothing was deleted.')
    lock[Symbol.dispose]()
    rmSync(folder, { recursive: true, force: true })
    return start({ ...options, isReset: false })
  }
  await assertPortsFree(portBase, serviceNames.length)
  const stopping = waitForSignal()
  await using system = await startEmbeddedSystem({
    folder,
    portBase,
    revision: findRevision(),
    onProgress: (sentence) => console.log(`${sentence} …`),
  })
  console.log(describe(system, options, ((performance.now() - startedAt) / 1_000).toFixed(1)))
  await stopping
  console.log('\nStopping …')
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options.isHelp) console.log(help)
  else await start(options)
  process.exitCode = 0
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
