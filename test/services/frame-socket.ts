import { once } from 'node:events'
import { WebSocket } from 'ws'

export type Frame = Record<string, unknown> & { type: string }

/** Which service, the path there with its query, and whose token; a page without one says later who uses it. */
type Opening = { address: string; path: string; token?: string }

/** A socket of a service as a client has it: it answers pings by itself and keeps all that comes. */
export class FrameSocket {
  /** All that came, oldest first. */
  readonly frames: Frame[] = []
  readonly arrivedAt = new WeakMap<Frame, number>()
  readonly closed: Promise<number>
  readonly ws: WebSocket
  #ids = 0

  protected constructor({ address, path, token }: Opening) {
    const url = `${address.replace('http', 'ws')}${path}`
    const headers = token === undefined ? { origin: 'http://localhost' } : { authorization: `Bearer ${token}` }
    this.ws = new WebSocket(url, { headers })
    this.ws.setMaxListeners(1_000)
    this.ws.on('message', (data) => this.#take(JSON.parse(data.toString())))
    this.ws.on('error', () => undefined)
    this.closed = new Promise((done) => this.ws.once('close', done))
  }

  #take(frame: Frame): void {
    if (frame.type === 'ping') this.send('{"type":"pong"}')
    this.arrivedAt.set(frame, performance.now())
    this.frames.push(frame)
    this.ws.emit('frame')
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The first frame, of those that came and those that come, which is the one that is wanted. */
  async next(isWanted: (frame: Frame) => boolean, withinMs = 15_000): Promise<Frame> {
    const until = AbortSignal.timeout(withinMs)
    for (let looked = 0; ; ) {
      const wanted = this.frames.slice(looked).find(isWanted)
      if (wanted) return wanted
      looked = this.frames.length
      await once(this.ws, 'frame', { signal: until })
    }
  }

  /** Sends a request and answers its id. */
  protected sendRequest(type: string, body: object): string {
    this.#ids += 1
    const id = `request-${this.#ids}`
    this.send({ type, id, ...body })
    return id
  }

  protected replyTo(id: string, withinMs?: number): Promise<Frame> {
    return this.next((frame) => frame.type === 'reply' && frame.id === id, withinMs)
  }

  end(): void {
    this.ws.terminate()
  }
}
