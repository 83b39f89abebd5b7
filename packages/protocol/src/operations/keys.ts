import { type Static, Type } from 'typebox'
import { Base64, Nullable, Strict, Uuid } from '../fields.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'

const IdentityKey = Type.String({
  minLength: 44,
  maxLength: 44,
  pattern: '^[A-Za-z0-9+/]{43}=$',
  description: 'An Ed25519 public key: 32 bytes as base64',
})
const Signature = Type.String({
  minLength: 88,
  maxLength: 88,
  pattern: '^[A-Za-z0-9+/]{86}==$',
  description: 'By Ed25519: 64 bytes as base64',
})

const preKey = {
  key_id: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }),
  public_key: Base64(limits.publicKeyCharacters),
}

export const PreKey = Strict(preKey)
export type PreKey = Static<typeof PreKey>
export const SignedPreKey = Strict(
  { ...preKey, signature: Signature },
  { description: 'Signed by the identity key of its device, over the bytes of the public key' },
)
export type SignedPreKey = Static<typeof SignedPreKey>
export const KeyPackage = Strict({
  key_package: Base64({ max: limits.keyPackageCharacters }),
  last_resort: Type.Optional(
    Type.Boolean({ description: 'Stays and is handed out again and again when there is no other' }),
  ),
})
export type KeyPackage = Static<typeof KeyPackage>

export const KeyKind = Type.Union([Type.Literal('pre_key'), Type.Literal('key_package')])
export type KeyKind = Static<typeof KeyKind>

/** The public keys of a device. */
export const UploadKeys = Strict({
  device_id: Type.Optional(Uuid),
  identity_key: IdentityKey,
  signed_pre_key: Type.Optional(SignedPreKey),
  one_time_pre_keys: Type.Optional(Type.Array(PreKey, { minItems: 1, maxItems: limits.keysPerUpload })),
  key_packages: Type.Optional(Type.Array(KeyPackage, { minItems: 1, maxItems: limits.keysPerUpload })),
})
export type UploadKeys = Static<typeof UploadKeys>

/** How many keys of a device wait to be handed out. */
export const KeyCount = Type.Object({
  device_id: Uuid,
  one_time_pre_keys: Type.Integer(),
  key_packages: Type.Integer(),
  has_last_resort: Type.Boolean({ description: 'Whether there is a key package for when no other is left' }),
  low: Type.Array(KeyKind, { description: `Of which kinds there are ${limits.keysPerDevice.low} or fewer` }),
})
export type KeyCount = Static<typeof KeyCount>

/** What others may know of a device. */
export const DeviceKeys = Type.Object({
  user_id: Uuid,
  device_id: Uuid,
  identity_key: Type.String(),
  signed_pre_key: Nullable(SignedPreKey),
})

/** One device's key for whoever claimed it, and for nobody else. */
export const ClaimedKey = Type.Object({
  ...DeviceKeys.properties,
  one_time_pre_key: Nullable(PreKey),
  key_package: Nullable(Type.String()),
  is_last_resort: Type.Boolean({
    description: 'No one-time key was left, or this claimer was given many today: others may have been given the same',
  }),
})
export type ClaimedKey = Static<typeof ClaimedKey>

const ofThisDevice = { caller: 'user', rate: 'keys' } as const

export const keys = operations('chat-service', {
  upload: {
    name: 'chat.keys.upload',
    summary: "Add public keys of this sign-in's device; what is there already, or was handed out before, is not added",
    method: 'POST',
    path: '/v1/keys/upload',
    bodyLimit: limits.keysBodyBytes,
    body: UploadKeys,
    answer: { 200: KeyCount },
    errors: ['NOT_FOUND', 'CONFLICT', 'LIMIT_REACHED'],
    audit: { resource: 'keys', action: 'upload' },
    ...ofThisDevice,
  },
  rotate: {
    name: 'chat.keys.rotate',
    summary: "Put new keys into the place of all public keys of this sign-in's device, its identity key included",
    method: 'POST',
    path: '/v1/keys/rotate',
    bodyLimit: limits.keysBodyBytes,
    body: UploadKeys,
    answer: { 200: KeyCount },
    errors: ['NOT_FOUND', 'LIMIT_REACHED'],
    audit: { resource: 'keys', action: 'rotate' },
    ...ofThisDevice,
  },
  count: {
    name: 'chat.keys.count',
    summary: "How many one-time keys of this sign-in's device are left",
    method: 'GET',
    path: '/v1/keys/count',
    answer: { 200: KeyCount },
    errors: ['NOT_FOUND'],
    caller: 'user',
  },
  claim: {
    name: 'chat.keys.claim',
    summary: `Take one key of each device of some people, all or none: each goes to one claimer ever, but for the last resort, which is handed out where no other is left, and from the ${limits.claimsPerDay + 1}th time of a day`,
    method: 'POST',
    path: '/v1/keys/claim',
    body: Strict({
      user_ids: Type.Array(Uuid, { minItems: 1, maxItems: limits.claimedPeople, uniqueItems: true }),
      kind: KeyKind,
    }),
    answer: { 200: Type.Object({ keys: Type.Array(ClaimedKey) }) },
    errors: ['USER_NOT_FOUND', 'BLOCKED', 'RATE_LIMITED'],
    audit: { resource: 'keys', action: 'claim' },
    ...ofThisDevice,
  },
  list: {
    name: 'chat.keys.list',
    summary: 'The devices of a person with their identity keys and signed keys; uses nothing up',
    method: 'GET',
    path: '/v1/keys/:user_id',
    params: Strict({ user_id: Uuid }),
    answer: { 200: Type.Object({ devices: Type.Array(DeviceKeys) }) },
    errors: ['USER_NOT_FOUND', 'BLOCKED'],
    audit: { resource: 'keys', action: 'read' },
    caller: 'user',
  },
})
