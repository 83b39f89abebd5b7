// Backups of everything that the system keeps. `node deploy/backup/index.ts serve` takes them for as long as it runs; with
// take, verify, list, drill or restore it does that once; --attended has it end with its standard input.
import { ConfigError } from '@secureconnect/config'
import { createLogger, flushLogger } from '@secureconnect/logging'
import { describeFault, loadConfig, runCommand, serve } from './src/index.ts'

const attended = '--attended'
const args = process.argv.slice(2).filter((word) => word !== attended)
const isServing = args[0] === 'serve'
const log = createLogger({ service: 'backup', revision: 'unknown', level: isServing ? 'info' : 'silent' })
const print = (line: string) => void process.stdout.write(`${line}\n`)
const tell = (line: string) => void process.stderr.write(`${line}\n`)

// What is half done counts for nothing, and the next backup removes it.
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(0))
// Whoever asked holds our input open: an engine lets a program go on when who asked for it is gone.
if (process.argv.includes(attended)) process.stdin.resume().once('end', () => process.exit(1))

try {
  const config = loadConfig()
  if (isServing) await serve(config, { log, signal: new AbortController().signal })
  else await runCommand(config, args, { log, print, tell })
} catch (error) {
  if (isServing) log.fatal(error instanceof ConfigError ? error.message : describeFault(error))
  else tell(describeFault(error))
  process.exitCode = 1
}
await flushLogger(log)
process.stdin.destroy()
