import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Address } from './address.ts'
import { isSharedServer, type SharedServer, type Stack } from './stack.ts'

type Answer = { address: Address } | { error: string }

/** Tells the test files of one run where the shared servers are: a name comes in, an address goes out. */
export class Broker {
  static async create(stack: Stack): Promise<Broker> {
    const server = createServer({ allowHalfOpen: true }, (socket) => answer(socket, stack))
    const path = join(await stack.guard.createFolder('broker'), 'socket')
    await once(server.listen(path), 'listening')
    return new Broker(server, path)
  }

  readonly path: string
  readonly #server: Server

  private constructor(server: Server, path: string) {
    this.path = path
    this.#server = server
  }

  close(): void {
    this.#server.close()
  }
}

async function answer(socket: Socket, stack: Stack): Promise<void> {
  // A test file that was killed while it waited is of no concern to the others.
  socket.on('error', () => socket.destroy())
  socket.end(JSON.stringify(await lookUp(await text(socket), stack)))
}

async function lookUp(name: string, stack: Stack): Promise<Answer> {
  if (!isSharedServer(name)) return { error: `No server is called "${name}".` }
  return stack.find(name).then(
    (address) => ({ address }),
    (error: unknown) => ({ error: describe(error) }),
  )
}

/** The message with those of its causes: errors themselves do not travel. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}\n${describe(error.cause)}`
}

/** Asks the broker of this run for a shared server. */
export async function askBroker(path: string, name: SharedServer): Promise<Address> {
  const socket = connect(path)
  socket.end(name)
  const said: Answer = JSON.parse(await text(socket))
  if ('error' in said) throw new Error(said.error)
  return said.address
}
