import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import { type BodyOf, devices, type KeyPackage, keys, type PreKey, type SignedPreKey } from '@secureconnect/protocol'
import { type Chat, call, type Person } from './test-chat.ts'

const base64 = (bytes: number) => randomBytes(bytes).toString('base64')

/** A device's identity, as only the device has it. */
export function createIdentity() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    identityKey: Buffer.from(x, 'base64url').toString('base64'),
    signPreKey(key_id: number): SignedPreKey {
      const public_key = base64(32)
      const signature = sign(null, Buffer.from(public_key, 'base64'), privateKey).toString('base64')
      return { key_id, public_key, signature }
    },
  }
}

export function createPreKeys(count: number, firstId = 1): PreKey[] {
  return Array.from({ length: count }, (_, place) => ({ key_id: firstId + place, public_key: base64(32) }))
}

export function createKeyPackages(count: number): KeyPackage[] {
  return Array.from({ length: count }, () => ({ key_package: base64(300) }))
}

/** The same person with another sign-in. */
export function signInAgain({ mint }: Pick<Chat, 'mint'>, person: Person): Person {
  const sessionId = randomUUID()
  return { ...person, sessionId, token: mint({ ...person, sessionId }) }
}

/** Makes a sign-in a device. */
export async function registerDevice(
  chat: Pick<Chat, 'address'>,
  { token }: Pick<Person, 'token'>,
  device_id?: string,
): Promise<string> {
  const body = { name: 'phone', ...(device_id && { device_id }) }
  const { data, error } = await call(chat, devices.register, { token, body })
  assert.ok(data, JSON.stringify(error))
  return data.device_id
}

export const upload = (
  chat: Pick<Chat, 'address'>,
  { token }: Pick<Person, 'token'>,
  body: BodyOf<typeof keys.upload>,
) => call(chat, keys.upload, { token, body })

export const claim = (
  chat: Pick<Chat, 'address'>,
  { token }: Pick<Person, 'token'>,
  targets: readonly Pick<Person, 'userId'>[],
  kind: 'pre_key' | 'key_package' = 'key_package',
) => call(chat, keys.claim, { token, body: { user_ids: targets.map(({ userId }) => userId), kind } })

/** Makes a sign-in a device with keys of both kinds, as many as one upload takes and the last resort beside them. */
export async function startDevice(chat: Pick<Chat, 'address'>, person: Person, { count = 30 } = {}) {
  const device_id = await registerDevice(chat, person)
  const identity = createIdentity()
  const [first, ...others] = createKeyPackages(count + 1)
  assert.ok(first)
  const given = {
    identity_key: identity.identityKey,
    signed_pre_key: identity.signPreKey(1),
    one_time_pre_keys: createPreKeys(count),
    key_packages: others,
  }
  const lastResort = { identity_key: identity.identityKey, key_packages: [{ ...first, last_resort: true }] }
  for (const part of [given, lastResort]) {
    const { status, error } = await upload(chat, person, part)
    assert.equal(status, 200, JSON.stringify(error))
  }
  return { device_id, identity, given, lastResort: first.key_package }
}
