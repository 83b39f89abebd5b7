import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import { serve } from '../shared/child.ts'

/** The least that a forwarder on undici can do: every header copied, nothing checked, limited, counted or logged. */
class Passage implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#response.writeHead(status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return
    if (this.#response.destroyed) {
      controller.abort(new Error('the client has gone'))
      return
    }
    controller.pause()
    this.#response.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    this.#response.end()
  }

  onResponseError(): void {
    this.#response.destroy()
  }
}

const pool = new Pool(process.argv[2] ?? '', { connections: 64, pipelining: 1 })

serve((request, response) => {
  const { url: path = '/', method = 'GET', headers: received } = request
  const { connection: _, host: __, 'keep-alive': ___, ...headers } = received
  const hasBody = headers['content-length'] !== undefined
  pool.dispatch({ path, method, headers, body: hasBody ? request : null }, new Passage(response))
})
