import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'

const maxBytes = 20 * 1024 * 1024

/** The log of the embedded system: one file and the one before it, so that it never fills a disk. */
export class LogFile implements Disposable {
  readonly path: string
  #descriptor: number
  #bytes: number
  #isClosed = false

  constructor(path: string) {
    this.path = path
    this.#descriptor = openSync(path, 'a', 0o600)
    this.#bytes = fstatSync(this.#descriptor).size
  }

  write(lines: string): void {
    // What ends late must not bring the process down with its last line.
    if (this.#isClosed) return
    if (this.#bytes > maxBytes) this.#turnOver()
    this.#bytes += writeSync(this.#descriptor, lines)
  }

  #turnOver(): void {
    closeSync(this.#descriptor)
    renameSync(this.path, `${this.path}.1`)
    this.#descriptor = openSync(this.path, 'a', 0o600)
    this.#bytes = 0
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    closeSync(this.#descriptor)
  }
}
