import { createHash, createPublicKey, verify } from 'node:crypto'
import type { SignedPreKey, UploadKeys } from '@secureconnect/protocol'
import { validationError } from '@secureconnect/service'
import type { NewKey } from '../stores/one-time-keys.ts'

const bytesOf = (base64: string) => Buffer.from(base64, 'base64')
const digestOf = (base64: string) => createHash('sha256').update(bytesOf(base64)).digest('hex')

function isSignedBy(identityKey: string, { public_key, signature }: SignedPreKey): boolean {
  const x = bytesOf(identityKey).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, bytesOf(public_key), key, bytesOf(signature))
}

const isRepeated = (values: readonly unknown[]) => new Set(values).size < values.length

/** What is wrong with keys beyond the form of each: only their device can have made them so, by mistake. */
function findFault(upload: UploadKeys): { field: string; message: string } | undefined {
  const { identity_key, signed_pre_key, one_time_pre_keys = [], key_packages = [] } = upload
  if (signed_pre_key && !isSignedBy(identity_key, signed_pre_key))
    return {
      field: 'signed_pre_key.signature',
      message: 'is not by this identity key over the bytes of this public key',
    }
  if (isRepeated(one_time_pre_keys.map(({ key_id }) => key_id)))
    return { field: 'one_time_pre_keys', message: 'must each have a key_id of its own' }
  if (key_packages.filter(({ last_resort }) => last_resort).length > 1)
    return { field: 'key_packages', message: 'may have one last resort' }
  return undefined
}

/** The keys of an upload that others may be given, once their device is found to have made them well. */
export function readKeys(upload: UploadKeys): NewKey[] {
  const fault = findFault(upload)
  if (fault) throw validationError([fault])
  const { one_time_pre_keys = [], key_packages = [] } = upload
  const preKeys = one_time_pre_keys.map(
    ({ key_id, public_key }): NewKey => ({
      kind: 'pre_key',
      digest: digestOf(public_key),
      key_id,
      body: public_key,
      is_last_resort: false,
    }),
  )
  const packages = key_packages.map(
    ({ key_package, last_resort = false }): NewKey => ({
      kind: 'key_package',
      digest: digestOf(key_package),
      key_id: null,
      body: key_package,
      is_last_resort: last_resort,
    }),
  )
  const all = [...preKeys, ...packages]
  if (isRepeated(all.map(({ digest }) => digest)))
    throw validationError([{ field: 'body', message: 'must not hold the same key twice' }])
  return all
}
