import type { BeginUpload, StoredFile, UploadTicket } from '@secureconnect/protocol'
import { createClientId } from '../chat/send-queue.ts'
import { ConnectionError } from '../errors.ts'
import { insist } from '../insist.ts'
import type { Rest } from '../rest.ts'
import { fetchBytes } from './fetch-bytes.ts'
import { BytesRefused, type OnBytes, sendBytes } from './send-bytes.ts'

export type NewFile = {
  name: string
  /** A page has them of its file input, Node by `fs.openAsBlob`; its type is the file's unless `type` says otherwise. */
  bytes: Blob
  type?: string
  /** Its bytes are encrypted already. */
  isEncrypted?: boolean
  /** In hexadecimal digits: the service refuses other bytes. */
  sha256?: string
  /** Where it is to be sent: what would be refused there is refused before its bytes are on their way. */
  conversationId?: string
}

export type TransferOptions = {
  /** Told as bytes go out or come in: so many of all. */
  onProgress?: (bytes: number, of: number) => void
  signal?: AbortSignal
}

/** Sends files to the service and fetches them. */
export type Files = {
  /** Uploads a file, on after each break until it is there, or refused; send its id in a message's `file_ids`. */
  upload(file: NewFile, options?: TransferOptions): Promise<StoredFile>
  /** Downloads a file that one may read. */
  download(fileId: string, options?: TransferOptions): Promise<Blob>
}

const opaqueType = 'application/octet-stream'

function toAnnouncement({ name, bytes, type, isEncrypted, sha256, conversationId }: NewFile): BeginUpload {
  return {
    file_name: name,
    file_size: bytes.size,
    content_type: isEncrypted ? opaqueType : (type ?? (bytes.type || opaqueType)),
    ...(isEncrypted !== undefined && { is_encrypted: isEncrypted }),
    ...(sha256 !== undefined && { sha256 }),
    ...(conversationId !== undefined && { conversation_id: conversationId }),
  }
}

type Transfer = {
  ticket: UploadTicket
  bytes: Blob
  /** The parts that the store has, whichever ticket they were sent by. */
  sentParts: Set<number>
  onBytes: OnBytes
  signal: AbortSignal
}

/** Sends the parts that the store does not have yet. */
async function sendParts({ ticket, bytes, sentParts, onBytes, signal }: Transfer): Promise<void> {
  const sentBefore = sentParts.size
  let from = 0
  for (const { part, size, upload_url: url, headers } of ticket.parts ?? []) {
    const start = from
    from += size
    if (sentParts.has(part)) continue
    const piece = { url, headers, bytes: bytes.slice(start, from), onBytes: (sent: number) => onBytes(start + sent) }
    await sendBytes({ ...piece, signal }).catch((cause: unknown) => {
      const isExpired = cause instanceof BytesRefused && cause.status === 403 && sentParts.size > sentBefore
      throw isExpired ? new ConnectionError('The URLs of the other parts have expired.', { cause }) : cause
    })
    sentParts.add(part)
  }
}

/** Sends all bytes to one place, or part by part to several. */
async function sendAll(transfer: Transfer): Promise<void> {
  const { upload_url: url, headers } = transfer.ticket
  await (url === null ? sendParts(transfer) : sendBytes({ ...transfer, url, headers }))
}

/** Files over the operations of `rest`; their bytes go between here and the store. */
export function createFiles(rest: Pick<Rest, 'files'>): Files {
  return {
    async upload(file, { onProgress, signal = new AbortController().signal } = {}) {
      const { bytes } = file
      const announced = toAnnouncement(file)
      // A repeat gets new URLs for the same file.
      const idempotencyKey = createClientId()
      const onBytes: OnBytes = (sent) => onProgress?.(sent, bytes.size)
      const sentParts = new Set<number>()
      let fileId: string | undefined
      try {
        const file_id = await insist(async () => {
          const ticket = await rest.files.beginUpload(announced, { idempotencyKey, signal })
          fileId = ticket.file_id
          await sendAll({ ticket, bytes, sentParts, onBytes, signal })
          return ticket.file_id
        }, signal)
        return await insist(() => rest.files.completeUpload({ file_id }, { signal }), signal)
      } catch (error) {
        // What is given up keeps no room; where the service cannot be told, it ends the upload some minutes later.
        if (fileId !== undefined) rest.files.delete({ file_id: fileId }).catch(() => undefined)
        throw error
      }
    },

    async download(fileId, { onProgress, signal } = {}) {
      const { download_url } = await rest.files.getDownload({ file_id: fileId }, signal && { signal })
      return fetchBytes(download_url, { onProgress, signal })
    },
  }
}
