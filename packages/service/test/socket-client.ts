import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket } from 'ws'

export type Frame = Record<string, unknown> & { type: string }

type Cleanup = { after: (work: () => unknown) => void }

/** A socket as a client has it, whose frames are taken one after the other. */
export class Client {
  static async open(t: Cleanup, url: string, headers: Record<string, string>): Promise<Client> {
    const ws = new WebSocket(url, { headers })
    const client = new Client(ws)
    t.after(() => client.end())
    await once(ws, 'open')
    return client
  }

  readonly #frames: Frame[] = []
  readonly #ws: WebSocket
  readonly closed: Promise<number>

  private constructor(ws: WebSocket) {
    this.#ws = ws
    ws.on('message', (data) => {
      this.#frames.push(JSON.parse(data.toString()))
      ws.emit('frame')
    })
    ws.on('error', () => undefined)
    this.closed = once(ws, 'close').then(([code]) => code)
  }

  send(value: unknown): void {
    this.#ws.send(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value))
  }

  async next(): Promise<Frame> {
    while (this.#frames.length === 0) await once(this.#ws, 'frame')
    const first = this.#frames.shift()
    assert.ok(first)
    return first
  }

  /** The next reply, whatever else comes before it. */
  async reply(): Promise<Frame> {
    for (;;) {
      const next = await this.next()
      if (next.type === 'reply') return next
    }
  }

  end(): void {
    this.#ws.terminate()
  }
}

/** The status and code of an upgrade that is refused. */
export async function refusalOf(url: string, headers: Record<string, string>) {
  const ws = new WebSocket(url, { headers })
  ws.on('error', () => undefined)
  const [, response] = await once(ws, 'unexpected-response')
  const chunks = await response.toArray()
  return { status: response.statusCode, code: JSON.parse(Buffer.concat(chunks).toString()).error.code }
}
