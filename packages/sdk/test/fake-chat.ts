import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ChatRequest, ChatRequestType, CommonClientFrame, ErrorBody } from '@secureconnect/protocol'
import { type WebSocket, WebSocketServer } from 'ws'

type Cleanup = { after: (work: () => unknown) => void }
export type ClientFrame = ChatRequest<ChatRequestType> | CommonClientFrame

/** One socket, as the fake service has it: the test reads what came and says what is answered. */
export class FakeSocket<F extends { type: string } = ClientFrame> {
  readonly path: string
  readonly authorization: string | undefined
  readonly #ws: WebSocket
  readonly #frames: F[] = []

  constructor(ws: WebSocket, { url = '', headers }: IncomingMessage) {
    this.#ws = ws
    this.path = url
    this.authorization = headers.authorization
    ws.on('message', (data) => {
      this.#frames.push(JSON.parse(data.toString()))
      ws.emit('frame')
    })
  }

  send(frame: object): void {
    this.sendText(JSON.stringify(frame))
  }

  sendText(text: string): void {
    this.#ws.send(text)
  }

  greet(heartbeatMs = 25_000): void {
    const limits = { frame_bytes: 65_536, malformed_frames: 5 }
    this.send({ type: 'hello', protocol: 1, connection_id: randomUUID(), heartbeat_ms: heartbeatMs, limits })
    this.send({ type: 'ready', user_id: randomUUID(), session_id: randomUUID(), server_time: new Date().toISOString() })
  }

  /** The next frame of this type; others stay for later. */
  async next<T extends F['type']>(type: T): Promise<Extract<F, { type: T }>> {
    for (;;) {
      const index = this.#frames.findIndex((frame) => frame.type === type)
      // It was found by its type.
      if (index >= 0) return this.#frames.splice(index, 1)[0] as Extract<F, { type: T }>
      await once(this.#ws, 'frame')
    }
  }

  reply({ id }: { id?: string | undefined }, data: unknown): void {
    this.send({ type: 'reply', id, ok: true, data })
  }

  refuse({ id }: { id?: string | undefined }, error: ErrorBody['error']): void {
    this.send({ type: 'reply', id, ok: false, error })
  }

  close(code: number): void {
    this.#ws.close(code)
  }

  /** Ends as a broken line does. */
  cut(): void {
    this.#ws.terminate()
  }

  async closed(): Promise<number> {
    const [code] = await once(this.#ws, 'close')
    return code
  }
}

/** A chat-service, or another one with sockets, that does what the test says, and nothing else. */
export async function startFakeChat<F extends { type: string } = ClientFrame>(t: Cleanup) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const waiting: FakeSocket<F>[] = []
  server.on('connection', (ws, request) => {
    waiting.push(new FakeSocket(ws, request))
    server.emit('waiting')
  })
  await once(server, 'listening')
  t.after(() => {
    for (const ws of server.clients) ws.terminate()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    /** The next socket that a client opens. */
    async accept(): Promise<FakeSocket<F>> {
      while (waiting.length === 0) await once(server, 'waiting')
      return waiting.shift() as FakeSocket<F>
    },
  }
}

export type FakeChat = Awaited<ReturnType<typeof startFakeChat>>
