import type { BeginUpload, StoredFile, UploadTicket } from '@secureconnect/protocol'
import { ConnectionError } from '../errors.ts'
import { insist } from '../insist.ts'
import type { Rest } from '../rest.ts'
import { countBytes, type OnBytes, sendBytes } from './send-bytes.ts'

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
  /** Uploads a file, again after each break until it is there, or refused; send its id in a message's `file_ids`. */
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

type Transfer = { ticket: UploadTicket; bytes: Blob; onBytes: OnBytes; signal: AbortSignal }

/** Sends all bytes to one place, or part by part to several. */
async function sendAll({ ticket, bytes, onBytes, signal }: Transfer): Promise<void> {
  const { upload_url: url, headers, parts } = ticket
  if (url !== null) return sendBytes({ url, headers, bytes, onBytes, signal })
  let from = 0
  for (const part of parts ?? []) {
    const start = from
    from += part.size
    const piece = { url: part.upload_url, headers: part.headers, bytes: bytes.slice(start, from) }
    await sendBytes({ ...piece, onBytes: (sent) => onBytes(start + sent), signal })
  }
}

/** Files over the operations of `rest`; their bytes go between here and the store. */
export function createFiles(rest: Pick<Rest, 'files'>): Files {
  return {
    async upload(file, { onProgress, signal = new AbortController().signal } = {}) {
      const { bytes } = file
      const announced = toAnnouncement(file)
      // A repeat gets new URLs for the same file.
      const idempotencyKey = crypto.randomUUID()
      const onBytes: OnBytes = (sent) => onProgress?.(sent, bytes.size)
      const file_id = await insist(async () => {
        const ticket = await rest.files.beginUpload(announced, { idempotencyKey, signal })
        await sendAll({ ticket, bytes, onBytes, signal })
        return ticket.file_id
      }, signal)
      return insist(() => rest.files.completeUpload({ file_id }, { signal }), signal)
    },

    async download(fileId, { onProgress, signal } = {}) {
      const { download_url } = await rest.files.getDownload({ file_id: fileId }, signal && { signal })
      const response = await fetch(download_url, signal && { signal })
      if (!response.ok || !response.body) throw new ConnectionError(`The store answered ${response.status}.`)
      const size = Number(response.headers.get('content-length'))
      const counted = response.body.pipeThrough(countBytes((bytes) => onProgress?.(bytes, size)))
      const type = response.headers.get('content-type') ?? opaqueType
      return new Response(counted, { headers: { 'content-type': type } }).blob()
    },
  }
}
