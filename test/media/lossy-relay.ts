import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createRandom } from '../helpers/random.ts'

/**
 * What becomes of media in one direction: how much of them is lost, how late each packet may be, and how many bits pass in
 * a second; more wait, as at a modem, until there is no room left for them.
 */
export type Fault = { lossRatio: number; delayMs?: number; bitsPerSecond?: number }

const host = '127.0.0.1'
const whole: Fault = { lossRatio: 0 }
/** How long what waits may take to pass. */
const roomMs = 300

/** Media have these first bytes; what sets a line up has others and always comes through. */
function isMedia([first = 0]: Buffer): boolean {
  return first >= 128 && first < 192
}

/** A way to a media server that loses and delays what it is told to, for one line after the other. */
export class LossyRelay {
  /** What clients send, and what they are sent. */
  up = whole
  down = whole
  /** When what waits at a line has passed. */
  readonly #passedAt = new Map<Socket, number>()
  readonly #random = createRandom(11)
  readonly #sockets: Socket[] = []

  /** Opens a way to a port of the server; answers the port at which it is entered. */
  async open(serverPort: number): Promise<number> {
    const entrance = await this.#bind()
    const exit = await this.#bind()
    let client: RemoteInfo | undefined
    entrance.on('message', (packet, from) => {
      client = from
      this.#pass({ packet, fault: this.up, line: entrance }, () => exit.send(packet, serverPort, host))
    })
    exit.on('message', (packet) => {
      const send = () => client && entrance.send(packet, client.port, client.address)
      this.#pass({ packet, fault: this.down, line: exit }, send)
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

  #pass({ packet, fault, line }: { packet: Buffer; fault: Fault; line: Socket }, send: () => unknown): void {
    const { lossRatio, delayMs, bitsPerSecond } = fault
    if (!isMedia(packet)) return void send()
    if (this.#random.upTo(1_000) < lossRatio * 1_000) return
    const waitMs = bitsPerSecond === undefined ? 0 : this.#queue(line, (packet.length * 8_000) / bitsPerSecond)
    if (waitMs > roomMs) return
    const lateMs = waitMs + (delayMs === undefined ? 0 : this.#random.upTo(delayMs))
    if (lateMs === 0) return void send()
    const pass = () => {
      if (this.#sockets.length > 0) send()
    }
    setTimeout(pass, lateMs)
  }

  /** Has a packet wait until those before it have passed; answers how long that takes, and more than there is room for. */
  #queue(line: Socket, tookMs: number): number {
    const nowMs = performance.now()
    const passedAt = Math.max(nowMs, this.#passedAt.get(line) ?? 0) + tookMs
    if (passedAt - nowMs <= roomMs) this.#passedAt.set(line, passedAt)
    return passedAt - nowMs
  }
}
