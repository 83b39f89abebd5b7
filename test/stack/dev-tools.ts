import { once } from 'node:events'
import { WebSocket } from 'ws'

type Fields = Readonly<Record<string, unknown>>
type Answer = { id?: number; result?: Fields; error?: { message: string } }

/** The line over which a browser is steered. */
export class DevTools {
  static async connect(address: string): Promise<DevTools> {
    const version = (await (await fetch(`${address}/json/version`)).json()) as { webSocketDebuggerUrl: string }
    const ws = new WebSocket(version.webSocketDebuggerUrl)
    await once(ws, 'open')
    return new DevTools(ws)
  }

  readonly #ws: WebSocket
  readonly #waiting = new Map<number, PromiseWithResolvers<Fields>>()
  #lastId = 0

  private constructor(ws: WebSocket) {
    this.#ws = ws
    ws.on('message', (data) => this.#take(JSON.parse(data.toString())))
    ws.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('The browser is gone.'))
    })
  }

  ask(method: string, params: Fields, sessionId?: string): Promise<Fields> {
    this.#lastId += 1
    const answer = Promise.withResolvers<Fields>()
    this.#waiting.set(this.#lastId, answer)
    this.#ws.send(JSON.stringify({ id: this.#lastId, method, params, ...(sessionId !== undefined && { sessionId }) }))
    return answer.promise
  }

  /** Runs a script in a page, as its person's own click would, and waits for what it answers. */
  async run(sessionId: string, script: string): Promise<unknown> {
    const expression = `(async () => { ${script} })()`
    const params = { expression, awaitPromise: true, returnByValue: true, userGesture: true }
    const { result, exceptionDetails } = await this.ask('Runtime.evaluate', params, sessionId)
    if (exceptionDetails) throw new Error(`In the page: ${JSON.stringify(exceptionDetails)}`)
    return typeof result === 'object' && result !== null && 'value' in result ? result.value : undefined
  }

  close(): void {
    this.#ws.terminate()
  }

  #take({ id = 0, result = {}, error }: Answer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error) waiting?.reject(new Error(error.message))
    else waiting?.resolve(result)
  }
}
