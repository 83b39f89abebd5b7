import { Writable } from 'node:stream'
import type { Connection } from './connection.ts'

/** Takes the rows of one `copy … from stdin`; it has finished once the server has all of them. */
export class CopyIn extends Writable {
  readonly #statement: string
  #connection: Connection | undefined
  #isReady = false
  #onReady = () => {}
  #onTaken: ((error?: Error) => void) | undefined

  constructor(statement: string) {
    super()
    this.#statement = statement
  }

  submit(connection: Connection): void {
    this.#connection = connection
    connection.query(this.#statement)
  }

  handleCopyInResponse(): void {
    this.#isReady = true
    this.#onReady()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const send = () => {
      const { stream } = this.#server
      this.#server.sendCopyFromChunk(chunk)
      if (stream.writableNeedDrain) stream.once('drain', () => done())
      else done()
    }
    if (this.#isReady) send()
    else this.#onReady = send
  }

  override _final(done: (error?: Error) => void): void {
    this.#onTaken = done
    const end = () => this.#server.endCopyFrom()
    if (this.#isReady) end()
    else this.#onReady = end
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#isReady && !this.#onTaken) this.#connection?.sendCopyFail('given up')
    done(error)
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#onTaken?.()
  }

  handleError(error: Error): void {
    this.#isReady = false
    this.destroy(error)
  }

  get #server(): Connection {
    if (this.#connection) return this.#connection
    throw new Error('rows came before the statement was sent')
  }
}
