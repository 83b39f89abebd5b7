import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { ServiceName } from '@secureconnect/protocol'
import { surroundings } from './config.ts'
import { endWithUs } from './end-with-us.ts'

export type LogLine = Readonly<Record<string, unknown>>

const root = resolve(import.meta.dirname, '../..')

function findScript(service: ServiceName): string {
  return join(root, 'services', service.replace('-service', ''), 'index.ts')
}

/** One service in a process of its own. */
export class ServiceProcess {
  readonly child: ChildProcess
  readonly lines: LogLine[] = []
  readonly ended: Promise<{ code: number | null; stderr: string }>
  #address: string | undefined

  /** Runs the service's own script, or another one, with its arguments, that runs the service in a special way. */
  constructor(service: ServiceName, env: NodeJS.ProcessEnv, script: readonly string[] = [findScript(service)]) {
    this.child = spawn(process.execPath, script, {
      env: { ...surroundings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    endWithUs(this.child)
    const { stdout, stderr } = this.child
    if (!stdout || !stderr) throw new Error(`${service} has no output`)
    createInterface({ input: stdout }).on('line', (line) => this.#read(line))
    let errors = ''
    stderr.on('data', (chunk) => {
      errors += chunk
    })
    this.ended = once(this.child, 'close').then(([code]) => ({ code, stderr: errors }))
  }

  #read(text: string): void {
    const line: LogLine = JSON.parse(text)
    this.lines.push(line)
    if (line.message === 'listening') this.#address = String(line.address)
    this.child.emit('line', line)
  }

  get address(): string {
    if (this.#address === undefined) throw new Error('the service does not listen yet')
    return this.#address
  }

  /** Waits until a line like this was logged. */
  async line(isIt: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(isIt)
      if (found) return found
      const isOver = await Promise.race([once(this.child, 'line').then(() => false), this.ended.then(() => true)])
      if (isOver) throw new Error('the service ended before it logged that')
    }
  }

  listening(): Promise<LogLine> {
    return this.line((line) => line.message === 'listening')
  }
}
