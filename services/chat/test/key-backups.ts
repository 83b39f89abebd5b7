import { randomBytes } from 'node:crypto'
import { type BodyOf, keyBackup } from '@secureconnect/protocol'
import { type Chat, call, type Person } from './test-chat.ts'

type At = Pick<Chat, 'address'>
type Who = Pick<Person, 'token'>
export type Backup = Omit<BodyOf<typeof keyBackup.save>, 'base_version'>

const base64 = (bytes: number) => randomBytes(bytes).toString('base64')

/** A backup as a client makes it; what is in it means nothing to the server. */
export const newBackup = (): Backup => ({ kdf: `slow:${base64(16)}`, proof: base64(32), backup: base64(300) })

export const saveBackup = (chat: At, { token }: Who, backup: Backup, base_version = 0) =>
  call(chat, keyBackup.save, { token, body: { base_version, ...backup } })

export const findBackup = (chat: At, { token }: Who) => call(chat, keyBackup.get, { token })

export const openBackup = (chat: At, { token }: Who, proof: string) =>
  call(chat, keyBackup.open, { token, body: { proof } })

export const deleteBackup = (chat: At, { token }: Who) => call(chat, keyBackup.delete, { token })
