import { findOwnConversation, lockAccounts } from '@secureconnect/directory'
import { AppError } from '@secureconnect/errors'
import { type BeginUpload, type ErrorCode, fileTypes, limits, type UploadTicket } from '@secureconnect/protocol'
import { type Made, makeOnce, type RepeatableRequest, validationError } from '@secureconnect/service'
import { newId, type Queries, type Transaction } from '@secureconnect/sql'
import { stagingKey } from '../blob-keys.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import {
  completedAlready,
  conversationNotFound,
  encryptedTypeShown,
  encryptionRequired,
  fileNotFound,
  fileTooLarge,
  formInParts,
  ownerGone,
  quotaExceeded,
  tooManyUploads,
  typeRefused,
} from '../errors.ts'
import type { RefusedFor } from '../events.ts'
import { findFile } from '../stores/files.ts'
import { lockQuota, reserve } from '../stores/quotas.ts'
import { insertUpload, type NewFile, prolongUpload } from '../stores/uploads.ts'
import { beginParts, signUpload } from './sign-upload.ts'

const opaqueType = 'application/octet-stream'

/** Refuses what can be refused without looking anywhere. */
function assertAcceptable(body: BeginUpload, { maxFileBytes }: Pick<Config, 'maxFileBytes'>): void {
  const { file_name, file_size, content_type, is_encrypted = false, method } = body
  if (!file_name.isWellFormed()) throw validationError([{ field: 'file_name', message: 'must be well-formed Unicode' }])
  if (file_size > maxFileBytes) throw fileTooLarge(maxFileBytes)
  if (!fileTypes.includes(content_type)) throw typeRefused()
  if (is_encrypted && content_type !== opaqueType) throw encryptedTypeShown()
  if (method === 'POST' && file_size > limits.uploadPartBytes) throw formInParts()
}

/** Tells now what would be told when the file is sent, before its bytes are on their way. */
async function assertSendable(
  sql: Queries,
  { conversation_id: conversationId, is_encrypted = false }: BeginUpload,
  userId: string,
): Promise<void> {
  if (conversationId === undefined) return
  const conversation = await findOwnConversation(sql, { conversationId, userId })
  if (!conversation) throw conversationNotFound()
  if (conversation.is_e2ee_enabled && !is_encrypted) throw encryptionRequired()
}

/** Takes room for a file that was announced. */
async function reserveRoom(tx: Transaction, file: NewFile, { quotaBytes, quotaFiles }: Config): Promise<void> {
  const { owner_id: userId, size } = file
  const quota = await lockQuota(tx, userId)
  const bytes = quota.used_bytes + quota.reserved_bytes
  const count = quota.used_files + quota.reserved_files
  if (quota.reserved_files >= limits.uploadsInProgress) throw tooManyUploads(limits.uploadsInProgress)
  if (bytes + size > quotaBytes || count >= quotaFiles) throw quotaExceeded()
  await insertUpload(tx, file)
  await reserve(tx, { userId, size })
}

type Beginning = { body: BeginUpload; request: RepeatableRequest }
type Needed = Pick<Context, 'sql' | 'blobs' | 'config' | 'events'>

/** Stores what was announced, or finds what the same request announced before. */
async function announce(context: Needed, file: NewFile, request: RepeatableRequest): Promise<Made> {
  return context.sql.transaction((tx) =>
    makeOnce(tx, request, async () => {
      // An account that is being erased must not get new files behind the one who removes them.
      if ((await lockAccounts(tx, [file.owner_id])) === 0) throw ownerGone()
      await reserveRoom(tx, file, context.config)
      return { id: file.file_id, isNew: true }
    }),
  )
}

/** The ticket of an upload that was announced before, signed anew. */
async function renewTicket(
  context: Needed,
  { fileId, method, endsAt }: { fileId: string; method: NonNullable<BeginUpload['method']>; endsAt: Date },
): Promise<UploadTicket> {
  const file = await findFile(context.sql, fileId)
  if (!file) throw fileNotFound()
  if (file.state === 'live') throw completedAlready()
  const ticket = await signUpload(context, { file, method, endsAt })
  if (!(await prolongUpload(context.sql, fileId, endsAt))) throw completedAlready()
  return ticket
}

/** Announces a file. The store is asked first, so that nothing is reserved for what cannot be uploaded. */
async function announceNew(context: Needed, { body, request }: Beginning): Promise<UploadTicket> {
  const { sql, blobs, config, events } = context
  const { userId } = request
  assertAcceptable(body, config)
  await assertSendable(sql, body, userId)
  const { file_name, file_size: size, content_type, is_encrypted = false, sha256 = null, method = 'PUT' } = body
  const announced = { file_id: newId(), size, content_type, sha256 }
  const endsAt = new Date(Date.now() + config.uploadUrlTtlSeconds * 1_000)
  const parts_id = await beginParts(context, announced)
  const file = { ...announced, parts_id, owner_id: userId, file_name, is_encrypted, endsAt }
  let isKept = false
  try {
    const ticket = await signUpload(context, { file, method, endsAt })
    const { id, isNew } = await announce(context, file, request)
    isKept = isNew
    if (!isNew) return await renewTicket(context, { fileId: id, method, endsAt })
    events.uploadBegun({ fileId: id, userId, size })
    return ticket
  } finally {
    if (!isKept && parts_id !== null) await blobs.abortParts({ key: stagingKey(file.file_id), uploadId: parts_id })
  }
}

/** The refusals that operators count. */
const countedRefusals: Partial<Record<ErrorCode, RefusedFor>> = {
  FILE_TOO_LARGE: 'size',
  UNSUPPORTED_MEDIA_TYPE: 'type',
  QUOTA_EXCEEDED: 'quota',
  LIMIT_REACHED: 'uploads_in_progress',
}

/** Announces a file, and says how its bytes are sent. */
export async function beginUpload(context: Needed, beginning: Beginning): Promise<UploadTicket> {
  try {
    return await announceNew(context, beginning)
  } catch (error) {
    const reason = error instanceof AppError ? countedRefusals[error.code] : undefined
    if (reason) context.events.uploadRefused({ userId: beginning.request.userId, reason })
    throw error
  }
}
