import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serviceNames } from '@secureconnect/protocol'
import { fillMigratedFolder } from '@secureconnect/sql/testing'
import { freePorts } from '../stack/index.ts'
import { surroundings } from './config.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** The whole system in a process of its own, which can be killed and started again on the same data and ports. */
export class KillableSystem {
  static async start(t: Cleanup, env: Readonly<Record<string, string>>): Promise<KillableSystem> {
    const folder = mkdtempSync(join(tmpdir(), 'embedded-'))
    await fillMigratedFolder(join(folder, 'sql'))
    const system = new KillableSystem({ folder, portBase: await freePorts(serviceNames.length), revision: 'test', env })
    t.after(async () => {
      await system.kill()
      rmSync(folder, { recursive: true, force: true })
    })
    await system.restart()
    return system
  }

  readonly address: string
  readonly #options: { portBase: number }
  #child: ChildProcess | undefined

  private constructor(options: { folder: string; portBase: number; revision: string; env: object }) {
    this.#options = options
    this.address = `http://localhost:${options.portBase}`
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async restart(): Promise<void> {
    const script = join(import.meta.dirname, 'system-process.ts')
    this.#child = fork(script, [JSON.stringify(this.#options)], { env: surroundings })
    await once(this.#child, 'message')
    const { status } = await fetch(`${this.address}/ready`)
    if (status !== 200) throw new Error(`The system answers ${status}`)
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}
