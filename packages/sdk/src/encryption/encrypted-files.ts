import { type FileKey, openFile, sealFile } from '@secureconnect/e2ee/files'
import type { Files, NewFile, TransferOptions } from '../files/files.ts'

/** What a message says of a file that it shows, inside its ciphertext: what it is, and what opens it. */
export type EncryptedFile = FileKey & { fileId: string; name: string; type: string; size: number }

/** Sends files that nobody can read but who reads the message, and fetches them. */
export type EncryptedFiles = {
  upload(file: Omit<NewFile, 'isEncrypted' | 'sha256'>, options?: TransferOptions): Promise<EncryptedFile>
  /** Throws a TamperedError where it is not the file that was sent. */
  download(file: EncryptedFile, options?: TransferOptions): Promise<Blob>
}

/** All that the service is told: its own name and type go inside the message. */
const nameForService = 'encrypted'

const through = async (bytes: Blob, cipher: TransformStream<Uint8Array, Uint8Array>, type: string) =>
  new Response(bytes.stream().pipeThrough(cipher), { headers: { 'content-type': type } }).blob()

export function createEncryptedFiles(files: Files): EncryptedFiles {
  return {
    async upload({ bytes, name, type = bytes.type, conversationId }, options) {
      const sealing = await sealFile()
      const sealed = await through(bytes, sealing.through, '')
      const place = conversationId !== undefined && { conversationId }
      const stored = await files.upload({ name: nameForService, bytes: sealed, isEncrypted: true, ...place }, options)
      return { ...(await sealing.key), fileId: stored.file_id, name, type, size: bytes.size }
    },
    async download(file, options) {
      const sealed = await files.download(file.fileId, options)
      return through(sealed, await openFile(file), file.type)
    },
  }
}
