import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createRandom } from '../helpers/random.ts'

/** What becomes of media in one direction: how much of them is lost, and how late each packet may be. */
export type Fault = { lossRatio: number; delayMs?: number }

const host = '127.0.0.1'
const whole: Fault = { lossRatio: 0 }

/** Media have these first bytes; what sets a line up has others and always comes through. */
function isMedia([first = 0]: Buffer): boolean {
  return first >= 128 && first < 192
}

/** A way to a media server that loses and delays what it is told to, for one line after the other. */
export class LossyRelay {
  /** What clients send, and what they are sent. */
  up = whole
  down = whole
  readonly #random = createRandom(11)
  readonly #sockets: Socket[] = []

  /** Opens a way to a port of the server; answers the port at which it is entered. */
  async open(serverPort: number): Promise<number> {
    const entrance = await this.#bind()
    const exit = await this.#bind()
    let client: RemoteInfo | undefined
    entrance.on('message', (packet, from) => {
      client = from
      this.#pass(packet, this.up, () => exit.send(packet, serverPort, host))
    })
    exit.on('message', (packet) => {
      this.#pass(packet, this.down, () => client && entrance.send(packet, client.port, client.address))
    })
    return entrance.address().port
  }

  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.close()
  }

  async #bind(): Promise<Socket> {
    const socket = createSocket('udp4')
    this.#sockets.push(socket)
    socket.bind(0, host)
    await once(socket, 'listening')
    return socket
  }

  #pass(packet: Buffer, { lossRatio, delayMs }: Fault, send: () => void): void {
    if (!isMedia(packet)) return send()
    if (this.#random.upTo(1_000) < lossRatio * 1_000) return
    if (delayMs === undefined) return send()
    const pass = () => {
      if (this.#sockets.length > 0) send()
    }
    setTimeout(pass, this.#random.upTo(delayMs))
  }
}
