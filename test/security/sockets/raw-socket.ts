import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

type Cleanup = { after: (work: () => unknown) => void }
type Opening = { address: string; path: string; headers: Readonly<Record<string, string>> }

const withinMs = 30_000

/** What a frame of a client says of itself; whatever is left out is as it should be. */
export type FrameHead = {
  opcode?: number
  isLast?: boolean
  reserved?: number
  isMasked?: boolean
  /** In bytes, where it is not that of the payload. */
  length?: bigint
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

function writeLength(length: bigint, maskBit: number): Buffer {
  if (length < 126n) return Buffer.from([maskBit | Number(length)])
  if (length < 65_536n) return Buffer.from([maskBit | 126, Number(length >> 8n), Number(length & 255n)])
  const bytes = Buffer.alloc(9, maskBit | 127)
  bytes.writeBigUInt64BE(length, 1)
  return bytes
}

/** The bytes of a frame, of whatever kind; its mask is of zeros. */
export function frameBytes(payload: string | Buffer, head: FrameHead = {}): Buffer {
  const data = Buffer.from(payload)
  const { opcode = opcodes.text, isLast = true, reserved = 0, isMasked = true, length = BigInt(data.length) } = head
  const first = Buffer.from([(isLast ? 128 : 0) | (reserved << 4) | opcode])
  return Buffer.concat([first, writeLength(length, isMasked ? 128 : 0), Buffer.alloc(isMasked ? 4 : 0), data])
}

/** A connection on which a test writes what no client library would. */
export class RawSocket {
  /** Sends an opening; `status` says what became of it. */
  static async open(t: Cleanup, { address, path, headers }: Opening): Promise<RawSocket> {
    const socket = await RawSocket.#connect(t, address)
    const usual = { Host: 'gateway', Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }
    const key = { 'Sec-WebSocket-Key': randomBytes(16).toString('base64') }
    const written = Object.entries({ ...usual, ...key, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.line.write(`GET ${path} HTTP/1.1\r\n${written.join('')}\r\n`)
    await socket.#until(() => socket.#isAnswered)
    return socket
  }

  /** Begins an opening that is not ended. */
  static async begin(t: Cleanup, address: string): Promise<RawSocket> {
    const socket = await RawSocket.#connect(t, address)
    socket.line.write('GET /v1/ws/chat HTTP/1.1\r\nHost: gateway\r\nX-Long: ')
    return socket
  }

  static async #connect(t: Cleanup, address: string): Promise<RawSocket> {
    const { hostname, port } = new URL(address)
    const line = connect(Number(port), hostname)
    t.after(() => line.destroy())
    await once(line, 'connect')
    return new RawSocket(line)
  }

  readonly line: Socket
  readonly #texts: string[] = []
  status = 0
  closeCode: number | undefined
  #unread: Buffer = Buffer.alloc(0)

  private constructor(line: Socket) {
    this.line = line
    line.on('error', () => undefined)
    line.on('data', (chunk) => {
      this.#unread = Buffer.concat([this.#unread, chunk])
      this.#read()
      line.emit('news')
    })
    line.once('close', () => line.emit('news'))
  }

  /** Waits for something to come, or for the other side to end the line. */
  async #until(isTrue: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(withinMs)
    while (!isTrue() && !this.line.closed) await once(this.line, 'news', { signal })
  }

  get #isAnswered(): boolean {
    return this.status !== 0
  }

  write(...parts: readonly Buffer[]): void {
    this.line.write(Buffer.concat(parts))
  }

  send(frame: object): void {
    this.write(frameBytes(JSON.stringify(frame)))
  }

  /** The frames that came, oldest first. */
  get frames(): Record<string, unknown>[] {
    return this.#texts.map((text) => JSON.parse(text))
  }

  async reply(id: string): Promise<Record<string, unknown>> {
    const find = () => this.frames.find((frame) => frame.type === 'reply' && frame.id === id)
    await this.#until(() => find() !== undefined)
    return find() ?? { ok: false, error: { code: `closed with ${this.closeCode}` } }
  }

  /** The code with which the other side ends it; 1006 where it says none. */
  async closed(): Promise<number> {
    await this.#until(() => this.closeCode !== undefined)
    this.line.destroy()
    return this.closeCode ?? 1006
  }

  #read(): void {
    if (!this.#isAnswered) {
      const end = this.#unread.indexOf('\r\n\r\n')
      if (end === -1) return
      this.status = Number(this.#unread.toString('latin1', 9, 12))
      this.#unread = this.#unread.subarray(end + 4)
    }
    if (this.status === 101) while (this.#takeFrame());
  }

  #takeFrame(): boolean {
    const [first, second] = this.#unread
    if (first === undefined || second === undefined) return false
    const extended = second === 126 ? 2 : second === 127 ? 8 : 0
    if (this.#unread.length < 2 + extended) return false
    const length = extended === 0 ? second : Number(`0x${this.#unread.toString('hex', 2, 2 + extended)}`)
    const end = 2 + extended + length
    if (this.#unread.length < end) return false
    const payload = this.#unread.subarray(2 + extended, end)
    this.#unread = this.#unread.subarray(end)
    if ((first & 15) === opcodes.text) this.#texts.push(payload.toString())
    if ((first & 15) === opcodes.close) this.closeCode = payload.length >= 2 ? payload.readUInt16BE() : 1005
    return true
  }
}
