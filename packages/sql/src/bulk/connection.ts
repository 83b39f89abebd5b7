import type { Socket } from 'node:net'

/** What a statement of its own kind needs of the client's connection, which its types leave out. */
export type Connection = {
  stream: Socket
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(reason: string): void
}
