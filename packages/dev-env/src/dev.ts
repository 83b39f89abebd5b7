import { spawn } from 'node:child_process'

/** Starts the system again whenever a file that it is made of changes. */
const child = spawn(
  process.execPath,
  ['--watch', '--watch-preserve-output', `${import.meta.dirname}/start.ts`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 0))
