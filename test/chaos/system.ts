import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceName } from '@secureconnect/protocol'
import { startProcess } from '../e2e/processes.ts'
import { type LogLine, readJson, type ServiceProcess, until } from '../helpers/index.ts'
import { freePort } from '../stack/index.ts'
import { type ServerNeeds, type Servers, startServers } from './servers.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** A service, or a second process of it. */
export type ProcessName = ServiceName | 'second chat-service' | 'second api-gateway'

export type Needs = ServerNeeds & {
  hasSecondNodes?: boolean
  hasClocks?: boolean
  env?: Readonly<Record<string, string>>
}
type Place = { service: ServiceName; port: number; env: Readonly<Record<string, string>> }

const wrongClock = import.meta.resolve('@secureconnect/test/wrong-clock')

type Parts = { servers: Servers; places: ReadonlyMap<ProcessName, Place>; clocks: string }

const startWithinMs = 60_000

/** All services as processes that can be killed, hung and started again where they were, on servers of their own. */
export class System {
  static async start(
    t: Cleanup,
    { hasSecondNodes = false, hasClocks = false, env = {}, ...needs }: Needs,
  ): Promise<System> {
    const servers = await startServers(t, needs)
    const own = { ...servers.env, ...env }
    const clocks = mkdtempSync(join(tmpdir(), 'clocks-'))
    t.after(() => rmSync(clocks, { recursive: true }))
    const places = new Map<ProcessName, Place>()
    const place = async (name: ProcessName, service: ServiceName, more: Readonly<Record<string, string>> = {}) => {
      const port = await freePort()
      const clock = { NODE_OPTIONS: `--import=${wrongClock}?file=${join(clocks, service)}` }
      places.set(name, { service, port, env: { ...own, ...(hasClocks && clock), ...more, PORT: String(port) } })
      return `http://127.0.0.1:${port}`
    }
    const upstreams = {
      AUTH_URL: await place('auth-service', 'auth-service'),
      CHAT_URL: await place('chat-service', 'chat-service'),
      VIDEO_URL: await place('video-service', 'video-service'),
      STORAGE_URL: await place('storage-service', 'storage-service'),
    }
    await place('api-gateway', 'api-gateway', upstreams)
    if (hasSecondNodes) {
      const CHAT_URL = await place('second chat-service', 'chat-service')
      await place('second api-gateway', 'api-gateway', { ...upstreams, CHAT_URL })
    }
    const system = new System(t, { servers, places, clocks })
    await Promise.all([...places.keys()].map((name) => system.run(name)))
    await system.whole()
    return system
  }

  readonly servers: Servers
  readonly #t: Cleanup
  readonly #places: ReadonlyMap<ProcessName, Place>
  readonly #clocks: string
  readonly #running = new Map<ProcessName, ServiceProcess>()
  /** What processes logged that have ended since. */
  readonly #past: LogLine[] = []

  private constructor(t: Cleanup, { servers, places, clocks }: Parts) {
    this.#t = t
    this.servers = servers
    this.#places = places
    this.#clocks = clocks
  }

  get names(): ProcessName[] {
    return [...this.#places.keys()]
  }

  /** Everything that all processes have logged. */
  get logs(): readonly LogLine[] {
    return [...this.#past, ...[...this.#running.values()].flatMap(({ lines }) => lines)]
  }

  address(name: ProcessName): string {
    return `http://127.0.0.1:${this.#places.get(name)?.port}`
  }

  process(name: ProcessName): ServiceProcess {
    const running = this.#running.get(name)
    if (!running) throw new Error(`${name} does not run`)
    return running
  }

  /** Starts a process where it was, as whatever supervises it does. */
  async run(name: ProcessName): Promise<void> {
    const place = this.#places.get(name)
    if (!place) throw new Error(`there is no ${name} here`)
    this.#past.push(...(this.#running.get(name)?.lines ?? []))
    const started = startProcess(this.#t, place.service, place.env)
    this.#running.set(name, started)
    await started.listening()
  }

  async kill(name: ProcessName): Promise<void> {
    this.process(name).child.kill('SIGKILL')
    await this.process(name).ended
  }

  /** Asks a process to stop; answers how it ended. */
  async stop(name: ProcessName): Promise<number | null> {
    this.process(name).child.kill('SIGTERM')
    return (await this.process(name).ended).code
  }

  /** Has the clock of a service be wrong by so much from now on. */
  async setClock(name: ServiceName, shiftMs: number): Promise<void> {
    const { child, lines } = this.process(name)
    const before = lines.length
    writeFileSync(join(this.#clocks, name), String(shiftMs))
    child.kill('SIGUSR2')
    const hasJumped = () => lines.slice(before).some(({ message }) => message === 'the clock has jumped')
    await until(`the clock of ${name} jumps`, hasJumped)
  }

  hang(name: ProcessName): void {
    this.process(name).child.kill('SIGSTOP')
  }

  goOn(name: ProcessName): void {
    this.process(name).child.kill('SIGCONT')
  }

  async health(name: ProcessName): Promise<string> {
    return (await readJson(await fetch(`${this.address(name)}/health`))).status
  }

  async readyStatus(name: ProcessName): Promise<number> {
    return (await fetch(`${this.address(name)}/ready`)).status
  }

  /** The sum of a metric's samples that have these labels, or undefined where there is none. */
  async metric(name: ProcessName, metric: string, labels = ''): Promise<number | undefined> {
    const text = await (await fetch(`${this.address(name)}/metrics`)).text()
    const isWanted = (line: string) => line.startsWith(`${metric}{`) && line.includes(labels)
    const values = text
      .split('\n')
      .filter(isWanted)
      .map((line) => Number(line.slice(line.lastIndexOf(' '))))
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
  }

  /** The same of all processes together. */
  async total(metric: string, labels = ''): Promise<number> {
    const values = await Promise.all(this.names.map((name) => this.metric(name, metric, labels)))
    return values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  }

  /** Waits until every process finds all that it uses, and uses it. */
  async whole(): Promise<void> {
    const isWhole = async (name: ProcessName) =>
      (await this.health(name)) === 'healthy' && (await this.metric(name, 'circuit_breaker_state')) === 0
    for (const name of this.names) await until(`${name} is whole`, () => isWhole(name), startWithinMs)
  }
}
