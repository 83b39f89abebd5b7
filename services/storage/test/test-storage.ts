import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BeginUpload, files, type UploadTicket } from '@secureconnect/protocol'
import type { Platform } from '@secureconnect/service'
import { newId } from '@secureconnect/sql'
import {
  call,
  createPerson,
  createPlatform,
  type Engine,
  type Person,
  shareInSuite,
  startOn,
} from '@secureconnect/test/services'
import { objectStore, type StoreAddress } from '@secureconnect/test/stack'
import * as service from '../src/index.ts'

export { call, createPerson, createPlatform, type Person }

type Cleanup = { after: (work: () => unknown) => void }
type Settings = Readonly<Record<string, string>>

/** Where the bytes are: in a folder, or in the S3 store that all suites share, each service with a bucket of its own. */
export const stores = ['disk', 's3'] as const
export type Store = (typeof stores)[number]

export function toStoreSettings({ host, port, accessKey, secretKey, region }: StoreAddress): Settings {
  return {
    S3_URL: `http://${host}:${port}`,
    S3_REGION: region,
    S3_BUCKET: `files-${randomUUID()}`,
    MINIO_ACCESS_KEY: accessKey,
    MINIO_SECRET_KEY: secretKey,
  }
}

export async function createStoreSettings(t: Cleanup, store: Store): Promise<Settings> {
  if (store === 's3') return toStoreSettings(await objectStore())
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return { BLOBS_FOLDER: folder }
}

/** storage-service on a database that is there already, once its store is there too. */
export async function startStorageOn(t: Cleanup, platform: Platform, env: Settings) {
  const storage = await startOn(t, service, { platform, env })
  await storage.context.blobs.probe.checkNow()
  return storage
}

type Setup = { store?: Store; engine?: Engine; more?: Settings }

/** storage-service on a fresh database and store, on a free port, with what it logs. */
export async function startStorage(t: Cleanup, { store = 'disk', engine = 'pglite', more = {} }: Setup = {}) {
  const platform = await createPlatform(t, engine)
  return startStorageOn(t, platform, { ...(await createStoreSettings(t, store)), ...more })
}

export type Storage = Awaited<ReturnType<typeof startStorage>>

/** One storage-service for all tests of a suite; each test makes its own people and files. */
export function shareStorage(setup: Setup = {}): () => Storage {
  return shareInSuite((t) => startStorage(t, setup))
}

/** The smallest picture there is. */
export const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** Where storage-service listens, in this process or another. */
type At = Pick<Storage, 'address'>

/** Announces a file, a small text unless it is said otherwise. */
export async function announce(storage: At, { token }: Person, announced: Partial<BeginUpload> = {}) {
  const body = { file_name: 'notes.txt', file_size: 5, content_type: 'text/plain', ...announced }
  return call(storage, files.beginUpload, { token, body })
}

/** Sends bytes where a ticket says. */
export async function put({ upload_url, method, headers }: UploadTicket, bytes: string | Uint8Array): Promise<number> {
  assert.ok(upload_url)
  const body = typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
  const response = await fetch(upload_url, { method, headers, body })
  await response.arrayBuffer()
  return response.status
}

/** Sends the parts of a large file where a ticket says. */
export async function putParts({ parts, ...ticket }: UploadTicket, bytes: Buffer): Promise<void> {
  let from = 0
  for (const { size, upload_url, headers } of parts ?? []) {
    assert.equal(await put({ ...ticket, parts, upload_url, headers }, bytes.subarray(from, from + size)), 200)
    from += size
  }
}

export function complete(storage: At, { token }: Person, fileId: string) {
  return call(storage, files.completeUpload, { token, body: { file_id: fileId } })
}

/** Uploads a file, a small text unless it is said otherwise, and answers its id. */
export async function upload(
  storage: At,
  person: Person,
  bytes: string | Uint8Array = 'hello',
  announced: Partial<BeginUpload> = {},
): Promise<string> {
  const { data } = await announce(storage, person, { file_size: Buffer.byteLength(bytes), ...announced })
  assert.equal(await put(data, bytes), 200)
  const { status, code } = await complete(storage, person, data.file_id)
  assert.deepEqual([status, code], [200, undefined])
  return data.file_id
}

/** Asks for a download and fetches it. */
export async function download(storage: Storage, { token }: Person, fileId: string) {
  const { status, code, data } = await call(storage, files.getDownload, { token, params: { file_id: fileId } })
  if (status !== 200) return { status, code, bytes: undefined, headers: undefined }
  const response = await fetch(data.download_url)
  return { status: response.status, code, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers }
}

export async function quotaOf(storage: Storage, { token }: Person) {
  const { used, reserved, file_count } = (await call(storage, files.getQuota, { token })).data
  return { used, reserved, file_count }
}

/** All keys that the store holds. */
export async function listKeys({ context: { blobs } }: Storage): Promise<string[]> {
  const keys: string[] = []
  for (const prefix of ['staging/', 'files/', 'previews/']) {
    for await (const { key } of blobs.list(prefix)) keys.push(key)
  }
  return keys.sort()
}

/** Stands for chat-service: a conversation of people, and a message in it that shows files. */
export async function share(
  { context: { sql } }: Storage,
  {
    people,
    fileIds,
    seq = 1,
    isEncrypted = false,
  }: { people: readonly Person[]; fileIds: readonly string[]; seq?: number; isEncrypted?: boolean },
): Promise<string> {
  const conversationId = newId()
  const userIds = people.map(({ userId }) => userId)
  await sql.execute`
    insert into conversations (conversation_id, type, created_by, is_e2ee_enabled, member_count)
    values (${conversationId}, 'group', ${userIds[0] ?? conversationId}, ${isEncrypted}, ${userIds.length})`
  await sql.execute`
    insert into members (conversation_id, user_id, role, visible_from)
    select ${conversationId}, user_id, 'member', 1 from unnest(${userIds}::uuid[]) as user_id`
  await sql.execute`
    insert into file_references (file_id, conversation_id, seq)
    select file_id, ${conversationId}, ${seq} from unnest(${fileIds}::uuid[]) as file_id`
  return conversationId
}
