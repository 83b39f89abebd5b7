import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { hasty } from '@secureconnect/test/helpers'

const startScript = join(import.meta.dirname, '../src/start.ts')

/** What `npm start` runs, in a process group of its own as a terminal has it. */
export class StartedSystem {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  output = ''

  constructor(t: TestContext, args: readonly string[]) {
    this.child = spawn(process.execPath, [hasty, startScript, ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.ended = once(this.child, 'close')
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk
        this.child.emit('told')
      })
    }
    t.after(async () => {
      if (this.child.exitCode === null && this.child.signalCode === null) this.signal('SIGKILL')
      await this.ended
    })
  }

  /** Waits until it has said something. */
  async told(what: RegExp): Promise<void> {
    while (!what.test(this.output)) {
      const isOver = await Promise.race([once(this.child, 'told').then(() => false), this.ended.then(() => true)])
      if (isOver && !what.test(this.output)) throw new Error(`It ended and said only: ${this.output}`)
    }
  }

  running(): Promise<void> {
    return this.told(/SecureConnect runs[\s\S]*Bearer \$TOKEN/)
  }

  /** Reaches every process of the group, as Ctrl-C in a terminal does. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) throw new Error('It was never started')
    process.kill(-this.child.pid, signal)
  }

  async end(): Promise<{ code: number | null; output: string }> {
    await this.ended
    return { code: this.child.exitCode, output: this.output }
  }
}
