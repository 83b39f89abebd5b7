import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from './address.ts'
import { freePort } from './free-port.ts'
import type { Guard, GuardedProcess } from './guard.ts'
import type { Command } from './guard-messages.ts'
import { signalTree, stopTree } from './process-tree.ts'

export type Place = { guard: Guard; folder: string; address: Address }

/** What one kind of server needs to run in a folder at an address. */
export type Recipe = {
  name: string
  /** The user that a new server of this kind has, where it cannot be chosen. */
  login?: { user: string; password: string }
  /** Where it has to be, if it matters. */
  place?: { host: string; port: number }
  /** Finds the program, installing it if need be, writes its files, and tells how to start it. */
  prepare(place: Place): Promise<Omit<Command, 'logFile'>>
  /** Throws unless the server answers a real request. */
  ping(address: Address): Promise<void>
}

const startWithinMs = 120_000
const pingEveryMs = 20

/** A server process with its folder and address, which it keeps when it is started again. */
export class Server {
  /** Starts one in a new folder, which is on the disk that is named if one is. */
  static async start(guard: Guard, recipe: Recipe, { disk }: { disk?: string | undefined } = {}): Promise<Server> {
    const folder = disk === undefined ? await guard.createFolder(recipe.name) : await mkdtemp(join(disk, recipe.name))
    const login = recipe.login ?? { user: 'somebody', password: randomBytes(16).toString('hex') }
    const place = recipe.place ?? { host: '127.0.0.1', port: await freePort() }
    const address = { ...place, ...login }
    const command = { ...(await recipe.prepare({ guard, folder, address })), logFile: `${folder}.log` }
    const server = new Server({ guard, folder, address }, recipe, command)
    await server.#launch()
    return server
  }

  readonly address: Address
  readonly #place: Place
  readonly #recipe: Recipe
  readonly #command: Command
  #process: GuardedProcess | undefined

  private constructor(place: Place, recipe: Recipe, command: Command) {
    this.address = place.address
    this.#place = place
    this.#recipe = recipe
    this.#command = command
  }

  /** The process id while the server runs. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Ends the server at once, as a crash does, and waits until it is gone. */
  async kill(): Promise<void> {
    if (!this.#process) return
    this.thaw()
    const { pid, ended } = this.#process
    this.#process = undefined
    signalTree(pid, this.#command.stopSignal ?? 'SIGKILL')
    await this.#place.guard.whileNeeded(ended)
  }

  /** Stops the server from running without closing its connections: it hangs. */
  async freeze(): Promise<void> {
    if (this.#process) await stopTree(this.#process.pid)
  }

  /** Lets a frozen server go on. */
  thaw(): void {
    if (this.#process) signalTree(this.#process.pid, 'SIGCONT')
  }

  /** Starts the server again on the same port and data, after a crash if it still runs. */
  async restart(): Promise<void> {
    await this.kill()
    await this.#launch()
  }

  /** Ends the server and removes its files. */
  async close(): Promise<void> {
    await this.kill()
    await rm(this.#place.folder, { recursive: true, force: true, maxRetries: 10 })
    await rm(this.#command.logFile, { force: true })
  }

  async #launch(): Promise<void> {
    this.#process = await this.#place.guard.start(this.#command)
    const endedEarly = this.#process.ended
    const deadline = Date.now() + startWithinMs
    for (;;) {
      const fault = await Promise.race([endedEarly, this.#recipe.ping(this.address).catch((error: unknown) => error)])
      if (fault === undefined) return
      if (fault instanceof Error && Date.now() < deadline) await sleep(pingEveryMs)
      else throw new Error(`${this.#recipe.name} did not start:\n${await this.#lastLines()}`, { cause: fault })
    }
  }

  async #lastLines(): Promise<string> {
    const log = await readFile(this.#command.logFile, 'utf8')
    return log.trim().split('\n').slice(-15).join('\n')
  }
}
