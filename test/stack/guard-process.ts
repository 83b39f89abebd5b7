// Holds the servers of one owner. When the owner closes the channel, or dies however badly, the servers end with it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command, GuardEvent, GuardOrder } from './guard-messages.ts'
import { signalTree } from './process-tree.ts'

const stopWithinMs = 5_000
const folder = mkdtempSync(join(tmpdir(), 'secureconnect-test-'))
const running = new Map<ChildProcess, NodeJS.Signals>()
let isEnding = false

function tell(event: GuardEvent): void {
  if (process.connected) process.send?.(event)
}

function start({ id, command }: GuardOrder): void {
  const { file, args, logFile, env, identity, stopSignal = 'SIGKILL' }: Command = command
  const log = openSync(logFile, 'a')
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
    ...identity,
  })
  child.once('error', (error) => tell({ kind: 'ended', id, ending: { code: null, reason: error.message } }))
  child.once('spawn', () => {
    running.set(child, stopSignal)
    tell({ kind: 'started', id, pid: child.pid ?? 0 })
  })
  child.once('exit', (code, signal) => {
    running.delete(child)
    tell({ kind: 'ended', id, ending: { code, reason: signal ?? `exit code ${code}` } })
  })
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const { pid } = child
  if (!pid) return
  const exited = once(child, 'exit')
  const deadline = setTimeout(() => signalTree(pid, 'SIGKILL'), stopWithinMs)
  // A frozen process acts on no signal but SIGKILL.
  signalTree(pid, 'SIGCONT')
  signalTree(pid, signal)
  await exited
  clearTimeout(deadline)
}

async function end(): Promise<void> {
  if (isEnding) return
  isEnding = true
  await Promise.all([...running].map(([child, signal]) => stop(child, signal)))
  await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  process.exit(0)
}

// Servers run by another user must be able to reach their own folder below this one.
chmodSync(folder, 0o711)
process.on('message', (order) => start(order as GuardOrder))
process.on('disconnect', end)
process.on('SIGTERM', end)
tell({ kind: 'ready', folder })
