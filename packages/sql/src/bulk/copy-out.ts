import { Readable } from 'node:stream'
import type { Connection } from './connection.ts'

/** The rows of one `copy … to stdout`, as the server writes them; it is stopped while nobody takes them. */
export class CopyOut extends Readable {
  readonly #statement: string
  #connection: Connection | undefined

  constructor(statement: string) {
    super()
    this.#statement = statement
  }

  submit(connection: Connection): void {
    this.#connection = connection
    connection.query(this.#statement)
  }

  override _read(): void {
    this.#connection?.stream.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connection?.stream.resume()
    done(error)
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    // The client uses its memory again for what comes next.
    if (!this.destroyed && !this.push(Buffer.from(chunk))) this.#connection?.stream.pause()
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    if (!this.destroyed) this.push(null)
  }

  handleError(error: Error): void {
    this.destroy(error)
  }
}
