import type { TransferOptions } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { isEncrypted } from '../chat/list/conversations.ts'
import { getDevice } from '../encryption/own-device.ts'
import type { SealedFile } from '../encryption/sealed-files.ts'

type Given = { name: string; type?: string; bytes: Blob; conversationId: string }

/** A file that is there; one of an encrypted conversation with what opens it, which goes inside its message. */
export type UploadedFile = { fileId: string; sealed?: SealedFile }

/** Uploads a file of a message, sealed where its conversation is encrypted. */
export async function uploadFile(file: Given, options: TransferOptions): Promise<UploadedFile> {
  if (isEncrypted(file.conversationId)) {
    const { files } = await getDevice()
    const sealed = await files.upload(file, options)
    return { fileId: sealed.fileId, sealed }
  }
  const { file_id: fileId } = await client.files.upload(file, options)
  return { fileId }
}
