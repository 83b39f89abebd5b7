import { type Static, Type } from 'typebox'
import { Confirmation, DisplayName, Nullable, Password, Strict, Timestamp, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { User } from './accounts.ts'

const AvatarUrl = Type.String({
  maxLength: limits.urlCharacters,
  pattern:
    "^https://[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:\\d{1,5})?([/?#][a-zA-Z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]*)?$",
  description: 'An https address without a user name in it',
})

export const UpdateMe = Strict(
  {
    display_name: Type.Optional(DisplayName),
    avatar_url: Type.Optional(Nullable(AvatarUrl)),
    avatar_file_id: Type.Optional(Nullable(Uuid)),
  },
  { description: 'What is left out stays. An avatar is a URL or a file: setting one clears the other' },
)
export type UpdateMe = Static<typeof UpdateMe>

export const EraseMe = Strict({
  password: Password,
  messages: Type.Optional(
    Type.Union([Type.Literal('keep'), Type.Literal('delete')], {
      description: 'What becomes of what you wrote; without it the messages stay, as those of a deleted account',
    }),
  ),
})
export type EraseMe = Static<typeof EraseMe>

export const AccountExport = Type.Object({
  state: Type.Union([Type.Literal('preparing'), Type.Literal('ready')]),
  requested_at: Timestamp,
  expires_at: Timestamp,
  is_complete: Type.Boolean({ description: 'False where there is more than an export can hold' }),
  data_path: Nullable(Type.String({ description: 'Where to GET the data, with the same token, once they are ready' })),
})
export type AccountExport = Static<typeof AccountExport>

/** It is written as it is read from the database, so nothing here ever holds it as a whole. */
const ExportedData = Type.Unsafe<unknown>(
  Type.Object(
    {
      user_id: Uuid,
      requested_at: Timestamp,
      is_complete: Type.Boolean(),
      sections: Type.Record(Type.String(), Type.Array(Type.Unknown())),
    },
    { description: 'Everything the product knows of you, as a file' },
  ),
)

export const ownAccount = operations('auth-service', {
  update: {
    name: 'users.me.update',
    summary: "Change one's display name or avatar; a patch that names nothing changes nothing",
    method: 'PATCH',
    path: '/v1/users/me',
    caller: 'user',
    body: UpdateMe,
    answer: { 200: User },
    errors: ['USER_NOT_FOUND', 'FILE_NOT_FOUND'],
    audit: { resource: 'user', action: 'update' },
  },
  erase: {
    name: 'users.me.erase',
    summary: "Erase one's account: it ends at once for its owner, and everything of it goes soon after",
    method: 'DELETE',
    path: '/v1/users/me',
    caller: 'user',
    rate: 'account-change',
    body: EraseMe,
    answer: { 202: Confirmation },
    errors: ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED', 'USER_NOT_FOUND', 'CAPACITY'],
    audit: { resource: 'user', action: 'erase' },
  },
  requestExport: {
    name: 'users.me.export.request',
    summary: 'Have all own data put together; asked again within a day, this answers the same export',
    method: 'POST',
    path: '/v1/users/me/export',
    caller: 'user',
    rate: 'account-change',
    answer: { 202: AccountExport },
    errors: ['USER_NOT_FOUND'],
    audit: { resource: 'user', action: 'export' },
  },
  getExport: {
    name: 'users.me.export.get',
    summary: 'Whether the export is ready; it can be had for 24 hours',
    method: 'GET',
    path: '/v1/users/me/export',
    caller: 'user',
    answer: { 200: AccountExport },
    errors: ['NOT_FOUND'],
  },
  downloadExport: {
    name: 'users.me.export.download',
    summary: 'The data of an export that is ready, as one JSON file',
    method: 'GET',
    path: '/v1/users/me/export/data',
    caller: 'user',
    rate: 'downloads',
    deadlineMs: 30_000,
    answer: { 200: ExportedData },
    bare: true,
    errors: ['NOT_FOUND', 'CONFLICT'],
    audit: { resource: 'user', action: 'download-export' },
  },
})
