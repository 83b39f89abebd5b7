import { ApiError } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import type { SealedFile } from '../encryption/sealed-files.ts'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import {
  type Attachment,
  add,
  attachmentsOf,
  change,
  find,
  isUploaded,
  remove,
  restoreAttachments,
  tellRefusal,
  type Uploaded,
} from './attachments.ts'
import { kindOf, opaqueType, typeOf } from './file-kinds.ts'
import { forgetUpload, type KeptUpload, keepUpload, listKeptUploads } from './kept-uploads.ts'
import { forgetPicture, keepPicture, renamePicture } from './local-pictures.ts'
import { measure, type Shape } from './shapes.ts'
import { makeSmallPicture } from './small-picture.ts'
import { uploadFile } from './upload-file.ts'

const atOnce = 3
/** Nothing has left for so long: there is no line, or the store is away. */
const stillMs = 6_000

type Source = { id: string; conversationId: string; bytes: Blob; shape: Promise<Shape | undefined> }

const waiting: Source[] = []
/** What an upload is made from, for as long as it may be needed again. */
const sources = new Map<string, Source>()
const underWay = new Map<string, AbortController>()

/** Tells how far an upload is, and that it stands still where it does. */
function followProgress(id: string) {
  let sent = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (isStill: boolean) => change(id, { upload: { is: 'under-way', sent, isStill } })
  const note = (bytes: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => tell(true), stillMs)
    sent = bytes
    tell(false)
  }
  note(0)
  return { note, [Symbol.dispose]: () => clearTimeout(timer) }
}

/** A sealed file with a small picture of it, which no service can make. */
async function withPreview(sealed: SealedFile, bytes: Blob): Promise<SealedFile> {
  const kind = kindOf(sealed.type)
  if (kind !== 'picture' && kind !== 'video') return sealed
  const preview = await makeSmallPicture(bytes, kind === 'video')
  return { ...sealed, ...(preview !== undefined && { preview }) }
}

async function upload(source: Source, signal: AbortSignal): Promise<void> {
  const { id, conversationId, bytes } = source
  const attachment = find(id)
  if (!attachment) return
  using progress = followProgress(id)
  const { name, type } = attachment
  try {
    const { fileId, sealed } = await uploadFile(
      { name, type, bytes, conversationId },
      { onProgress: progress.note, signal },
    )
    const shape = await source.shape
    renamePicture(id, fileId)
    sources.delete(id)
    forgetUpload(conversationId, id)
    change(id, { shape, upload: { is: 'there', fileId, ...(sealed && { sealed: await withPreview(sealed, bytes) }) } })
  } catch (error) {
    if (signal.aborted) return
    const isOther = error instanceof ApiError && error.code === 'CHECKSUM_MISMATCH'
    const why = isOther ? words.files.asPlainFile : explain(error)
    change(id, { upload: { is: 'failed', why }, ...(isOther && { type: opaqueType }) })
  }
}

function uploadNext(): void {
  const next = underWay.size < atOnce ? waiting.shift() : undefined
  if (!next) return
  const controller = new AbortController()
  underWay.set(next.id, controller)
  void upload(next, controller.signal).finally(() => {
    underWay.delete(next.id)
    uploadNext()
  })
  uploadNext()
}

function begin(source: Source): void {
  sources.set(source.id, source)
  waiting.push(source)
  uploadNext()
}

/** Learns how large a picture or a video is, and shows the picture from here for now. */
async function look(id: string, type: string, bytes: Blob): Promise<Shape | undefined> {
  const kind = kindOf(type)
  if (kind !== 'picture' && kind !== 'video') return undefined
  const url = URL.createObjectURL(bytes)
  const shape = await measure(url, kind)
  if (kind === 'picture' && shape && find(id)) {
    keepPicture(id, url)
    change(id, { shape })
  } else URL.revokeObjectURL(url)
  return shape
}

let lastId = 0
function toAttachment(file: File): Attachment {
  lastId += 1
  return {
    id: `${Date.now()}-${lastId}`,
    name: file.name,
    size: file.size,
    type: typeOf(file),
    upload: { is: 'waiting' },
  }
}

/** Attaches as many files as a message takes, and has them uploaded. */
function take(conversationId: string, offered: readonly KeptUpload[]): void {
  const taken = add(
    conversationId,
    offered.map(({ attachment }) => attachment),
  )
  for (const { bytes, attachment } of offered.filter((one) => taken.includes(one.attachment))) {
    const { id, type } = attachment
    keepUpload(conversationId, attachment, bytes)
    begin({ id, conversationId, bytes, shape: look(id, type, bytes) })
  }
}

/** Attaches what was chosen, dropped or pasted. */
export function attach(conversationId: string, files: readonly File[]): void {
  const made = files.filter(({ size }) => size > 0).map((bytes) => ({ bytes, attachment: toAttachment(bytes) }))
  take(conversationId, made)
  const empty = files.find(({ size }) => size === 0)
  if (empty) tellRefusal(conversationId, words.files.empty(empty.name))
}

/** Takes up what an earlier page had begun to upload, or could not. */
export async function restoreUploads(conversationId: string): Promise<void> {
  await restoreAttachments(conversationId)
  const kept = await listKeptUploads(conversationId)
  const lost = kept.filter(({ attachment }) => !find(attachment.id))
  if (lost.length > 0) take(conversationId, lost)
}

/** Uploads once more what had failed. */
export function uploadAgain(id: string): void {
  const source = sources.get(id)
  if (!source) return
  change(id, { upload: { is: 'waiting' } })
  begin(source)
}

function stop(id: string): void {
  underWay.get(id)?.abort(new Error('It is not wanted any more.'))
  const at = waiting.findIndex((one) => one.id === id)
  if (at >= 0) waiting.splice(at, 1)
  sources.delete(id)
}

/** Takes a file out of the message that is being written; what of it was uploaded goes too. */
export function takeOut(conversationId: string, attachment: Attachment): void {
  const { id } = attachment
  stop(id)
  forgetUpload(conversationId, id)
  forgetPicture(id)
  remove(conversationId, [id])
  // Where it cannot be deleted now, it stands among one's own files.
  if (isUploaded(attachment)) client.rest.files.delete({ file_id: attachment.upload.fileId }).catch(() => undefined)
}

/** Takes out all that goes with a message which is sent now. */
export function takeForSending(conversationId: string): readonly Uploaded[] {
  const taken = attachmentsOf(conversationId).filter(isUploaded)
  remove(
    conversationId,
    taken.map(({ id }) => id),
  )
  return taken
}

client.onSignedOut(() => {
  for (const id of [...sources.keys()]) stop(id)
})
