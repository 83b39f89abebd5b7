import { type Static, Type } from 'typebox'
import { Confirmation, Nullable, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { Page, pageQuery } from '../paging.ts'

const ContentType = Type.String({ minLength: 3, maxLength: limits.contentTypeCharacters })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: '64 hexadecimal digits in lower case' })

export const BeginUpload = Strict({
  file_name: Type.String({
    minLength: 1,
    maxLength: limits.fileNameCharacters,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description: 'Shown to people, and the name of a download once it is made safe',
  }),
  file_size: Type.Integer({ minimum: 1, description: 'In bytes, exactly' }),
  content_type: ContentType,
  is_encrypted: Type.Optional(Type.Boolean({ description: 'Then its type is application/octet-stream' })),
  sha256: Type.Optional(Sha256),
  conversation_id: Type.Optional(Type.String({ ...Uuid, description: 'Where it is to be sent, to hear now if not' })),
  method: Type.Optional(
    Type.Union([Type.Literal('PUT'), Type.Literal('POST')], { description: 'POST for a form in a page' }),
  ),
})
export type BeginUpload = Static<typeof BeginUpload>

const HeaderValues = Type.Record(Type.String(), Type.String())

export const UploadPart = Type.Object({
  part: Type.Integer({ description: 'Counted from 1' }),
  size: Type.Integer(),
  upload_url: Type.String(),
  headers: HeaderValues,
})
export type UploadPart = Static<typeof UploadPart>

/** How the bytes are sent: to one URL, or in parts where the file is large. */
export const UploadTicket = Type.Object({
  file_id: Uuid,
  method: Type.Union([Type.Literal('PUT'), Type.Literal('POST')]),
  upload_url: Nullable(Type.String({ description: 'Null where there are parts' })),
  headers: HeaderValues,
  fields: Nullable(Type.Record(Type.String(), Type.String(), { description: 'Of a form, before the field "file"' })),
  parts: Nullable(Type.Array(UploadPart)),
  expires_at: Timestamp,
})
export type UploadTicket = Static<typeof UploadTicket>

export const StoredFile = Type.Object({
  file_id: Uuid,
  owner_id: Uuid,
  file_name: Type.String(),
  file_size: Type.Integer(),
  content_type: Type.String(),
  is_encrypted: Type.Boolean(),
  sha256: Nullable(Type.String()),
  status: Type.Union([Type.Literal('ready'), Type.Literal('scanning')], {
    description: 'While it is scanned only its owner can download it',
  }),
  width: Nullable(Type.Integer({ description: 'Of a plain image, soon after its upload' })),
  height: Nullable(Type.Integer()),
  has_preview: Type.Boolean(),
  created_at: Timestamp,
})
export type StoredFile = Static<typeof StoredFile>

export const FileDownload = Type.Object({
  download_url: Type.String(),
  preview_url: Nullable(Type.String({ description: 'A small picture of a plain image' })),
  expires_at: Timestamp,
})
export type FileDownload = Static<typeof FileDownload>

export const Quota = Type.Object({
  used: Type.Integer({ description: 'Bytes of files' }),
  reserved: Type.Integer({ description: 'Bytes of uploads in progress' }),
  total: Type.Integer(),
  available: Type.Integer(),
  usage_percentage: Type.Number(),
  file_count: Type.Integer(),
  file_limit: Type.Integer(),
})
export type Quota = Static<typeof Quota>

const ofUser = { caller: 'user' } as const
const aFile = { ...ofUser, params: Strict({ file_id: Uuid }) } as const

export const files = operations('storage-service', {
  beginUpload: {
    name: 'storage.upload.begin',
    summary:
      'Announce a file and learn where to send its bytes; with the same Idempotency-Key again, anew for the same file',
    method: 'POST',
    path: '/v1/storage/upload-url',
    rate: 'uploads',
    body: BeginUpload,
    answer: { 201: UploadTicket },
    errors: [
      'QUOTA_EXCEEDED',
      'FILE_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'LIMIT_REACHED',
      'CONVERSATION_NOT_FOUND',
      'E2EE_REQUIRED',
      'IDEMPOTENCY_MISMATCH',
      'CONFLICT',
      'FILE_NOT_FOUND',
      'USER_NOT_FOUND',
    ],
    audit: { resource: 'file', action: 'upload' },
    ...ofUser,
  },
  completeUpload: {
    name: 'storage.upload.complete',
    summary: 'Say that the bytes are sent: they become the file, unless they are not what was announced',
    method: 'POST',
    path: '/v1/storage/upload-complete',
    rate: 'uploads',
    deadlineMs: 30_000,
    body: Strict({ file_id: Uuid }),
    answer: { 200: StoredFile },
    errors: ['FILE_NOT_FOUND', 'FILE_NOT_READY', 'FORBIDDEN', 'CHECKSUM_MISMATCH'],
    audit: { resource: 'file', action: 'complete' },
    ...ofUser,
  },
  getDownload: {
    name: 'storage.file.download',
    summary:
      'Where to fetch a file for the next minutes: for its owner, for the members of conversations where it was sent, and for everybody if it is an avatar',
    method: 'GET',
    path: '/v1/storage/download-url/:file_id',
    rate: 'downloads',
    answer: { 200: FileDownload },
    errors: ['FILE_NOT_FOUND', 'FILE_NOT_READY'],
    audit: { resource: 'file', action: 'download' },
    ...aFile,
  },
  list: {
    name: 'storage.file.list',
    summary: "One's own files, the newest first",
    method: 'GET',
    path: '/v1/storage/files',
    query: Strict(pageQuery),
    answer: { 200: Page('files', StoredFile) },
    errors: ['INVALID_CURSOR'],
    ...ofUser,
  },
  get: {
    name: 'storage.file.get',
    summary: 'What is known of a file that one may read',
    method: 'GET',
    path: '/v1/storage/files/:file_id',
    answer: { 200: StoredFile },
    errors: ['FILE_NOT_FOUND'],
    audit: { resource: 'file', action: 'read' },
    ...aFile,
  },
  delete: {
    name: 'storage.file.delete',
    summary: "Delete one's own file for everybody, or end its upload",
    method: 'DELETE',
    path: '/v1/storage/files/:file_id',
    answer: { 200: Confirmation },
    errors: ['FILE_NOT_FOUND', 'FORBIDDEN'],
    audit: { resource: 'file', action: 'delete' },
    ...aFile,
  },
  getQuota: {
    name: 'storage.quota.get',
    summary: 'How much one keeps, and how much more one may',
    method: 'GET',
    path: '/v1/storage/quota',
    answer: { 200: Quota },
    ...ofUser,
  },
})
