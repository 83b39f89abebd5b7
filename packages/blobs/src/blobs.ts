import type { Readable } from 'node:stream'
import type { Probe } from '@secureconnect/resilience'
import type { FastifyInstance } from 'fastify'

/** What a client is to put: exactly so many bytes of this type, and with this checksum where one is given. */
export type Upload = {
  key: string
  size: number
  contentType: string
  /** 64 hexadecimal digits. */
  sha256?: string | undefined
  expiresInSeconds: number
}

/** A request that a client makes as it stands, with its bytes as the body. */
export type UploadTicket = { url: string; method: 'PUT'; headers: Readonly<Record<string, string>> }

/** A browser's form: these fields first, then the bytes as the field `file`. */
export type FormTicket = { url: string; fields: Readonly<Record<string, string>> }

/** An upload in parts that was begun; the store gave the id. */
export type PartsUpload = { key: string; uploadId: string }

/** One that was begun and neither put together nor let go of, and when anything was last heard of it. */
export type OpenParts = PartsUpload & { modifiedAt: Date }

/** One part of it, counted from 1. All but the last have 5 MiB at least. */
export type Part = PartsUpload & { part: number; size: number; expiresInSeconds: number }

export type Download = {
  key: string
  /** As somebody named it: it is made safe here. */
  fileName: string
  contentType: string
  /** `inline` is for types that can do nothing when a browser shows them. */
  disposition: 'inline' | 'attachment'
  expiresInSeconds: number
}

export type BlobFacts = { size: number; etag: string }

export type BlobListing = { key: string; size: number; modifiedAt: Date }

/**
 * Where the bytes of files are kept: an S3 store or a folder. Keys are ours: letters, digits, `-`, and `/` between.
 * A store that is away, slow or full makes any of these throw a `BlobStoreError`; nothing else says so.
 */
export type Blobs = AsyncDisposable & {
  /**
   * A request by which a client puts bytes under a key, once or more until it expires. The store is asked whether it is
   * there first, so that nothing need be reserved for an upload that cannot happen.
   */
  signUpload(upload: Upload): Promise<UploadTicket>
  /** The same as a form. */
  signForm(upload: Upload): Promise<FormTicket>
  beginParts(upload: { key: string; contentType: string }): Promise<PartsUpload>
  signPart(part: Part): Promise<UploadTicket>
  /** Makes one blob of the parts that the store has; false when it has none. */
  finishParts(upload: PartsUpload): Promise<boolean>
  /** Lets go of all parts; an upload that is not there is no error. */
  abortParts(upload: PartsUpload): Promise<void>
  listParts(): AsyncIterable<OpenParts>
  /** A URL that gives the bytes to whoever has it. */
  signDownload(download: Download): Promise<string>
  stat(key: string): Promise<BlobFacts | undefined>
  /** Answers false when there is nothing to copy. */
  copy(from: string, to: string): Promise<boolean>
  /** The bytes from `start` to `end`, both included; all of them without a range. */
  read(key: string, range?: { start: number; end: number }): Promise<Readable | undefined>
  write(key: string, bytes: Buffer, contentType: string): Promise<void>
  /** Keeps a file of this machine, of any size, which nobody writes to any more. */
  putFile(key: string, path: string, contentType: string): Promise<void>
  /** Keeps what comes piece by piece, each but the last of `partBytes`. */
  putPieces(key: string, pieces: AsyncIterable<Buffer>, contentType: string): Promise<void>
  /** Absent ones are no error. */
  remove(keys: readonly string[]): Promise<void>
  list(prefix: string): AsyncIterable<BlobListing>
  /** Whether the store can be used, as health tells it. */
  readonly probe: Probe
  /** Mounts what its URLs lead to, where this process itself gives and takes the bytes. */
  mount?(app: FastifyInstance): void
}
