import { signal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { client } from '../app/client.ts'
import { keptFor } from '../encryption/kept-sealed.ts'
import { noteSealedFiles, type SealedFile } from '../encryption/sealed-files.ts'
import { words } from '../words/index.ts'
import type { Shape } from './shapes.ts'

/** A file that is to go with the next message of a conversation. */
export type Attachment = {
  /** Of this page alone. */
  id: string
  name: string
  size: number
  type: string
  shape?: Shape | undefined
  upload: Upload
}

export type Upload =
  | { is: 'waiting' }
  | { is: 'under-way'; sent: number; isStill: boolean }
  | { is: 'there'; fileId: string; sealed?: SealedFile }
  | { is: 'failed'; why: string }

export type Uploaded = Attachment & { upload: { is: 'there' } }

const all = signal<ReadonlyMap<string, readonly Attachment[]>>(new Map())
/** What could not be attached, and why, by conversation. */
const refusals = signal<ReadonlyMap<string, string>>(new Map())

export const attachmentsOf = (conversationId: string) => all.value.get(conversationId) ?? []
export const refusalOf = (conversationId: string) => refusals.value.get(conversationId)

export function isUploaded(one: Attachment): one is Uploaded {
  return one.upload.is === 'there'
}

export function tellRefusal(conversationId: string, why: string | undefined): void {
  const others = [...refusals.value].filter(([id]) => id !== conversationId)
  refusals.value = new Map(why === undefined ? others : [...others, [conversationId, why]])
}

/** Whether a message with these files can go out: once all of them are uploaded. */
export function readinessOf(attachments: readonly Attachment[]): 'ready' | 'under-way' | 'failed' {
  if (attachments.some(({ upload }) => upload.is === 'failed')) return 'failed'
  return attachments.every(isUploaded) ? 'ready' : 'under-way'
}

/** What is uploaded is there after a reload as well: it is kept by its id, with what opens it. */
function keep(conversationId: string, uploaded: readonly Uploaded[]): void {
  const kept = keptFor(conversationId)
  const keeping =
    uploaded.length === 0
      ? kept.remove('attached', conversationId)
      : kept.write('attached', conversationId, JSON.stringify(uploaded))
  // Where the browser keeps nothing, it is there for as long as the page is.
  void keeping.catch(() => undefined)
}

function put(conversationId: string, attachments: readonly Attachment[]): void {
  const [before, uploaded] = [attachmentsOf(conversationId).filter(isUploaded), attachments.filter(isUploaded)]
  all.value = new Map([...all.value, [conversationId, attachments]])
  // How far the others are is nothing to keep.
  const isAsBefore = uploaded.length === before.length && uploaded.every((one, index) => one === before[index])
  if (!isAsBefore) keep(conversationId, uploaded)
}

/** Takes in as many as a message carries, and answers these. */
export function add(conversationId: string, added: readonly Attachment[]): readonly Attachment[] {
  const before = attachmentsOf(conversationId)
  const room = limits.filesPerMessage - before.length
  tellRefusal(conversationId, added.length > room ? words.files.tooMany(limits.filesPerMessage) : undefined)
  const taken = added.slice(0, room)
  put(conversationId, [...before, ...taken])
  return taken
}

export function find(id: string): Attachment | undefined {
  return [...all.value.values()].flat().find((one) => one.id === id)
}

export function change(id: string, facts: Partial<Omit<Attachment, 'id'>>): void {
  for (const [conversationId, attachments] of all.value) {
    if (!attachments.some((one) => one.id === id)) continue
    put(
      conversationId,
      attachments.map((one) => (one.id === id ? { ...one, ...facts } : one)),
    )
  }
}

export function remove(conversationId: string, ids: readonly string[]): void {
  tellRefusal(conversationId, undefined)
  put(
    conversationId,
    attachmentsOf(conversationId).filter(({ id }) => !ids.includes(id)),
  )
}

/** Takes up what an earlier page had uploaded for a message that was not sent. */
export async function restoreAttachments(conversationId: string): Promise<void> {
  const text = (await keptFor(conversationId).list('attached')).get(conversationId)
  if (text === undefined || attachmentsOf(conversationId).length > 0) return
  const restored: readonly Uploaded[] = JSON.parse(text)
  for (const { upload } of restored) noteSealedFiles([upload.sealed], [upload.fileId])
  put(conversationId, restored)
}

client.onSignedOut(() => {
  all.value = new Map()
  refusals.value = new Map()
})
