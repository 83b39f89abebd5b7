import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SettingFault } from '@secureconnect/config'
import { PublicKey } from '@secureconnect/protocol'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/**
 * A key is published while pending, signs while active, and still verifies while retiring: so nobody meets a token
 * whose key he cannot know.
 */
export const KeyState = Type.Union([Type.Literal('pending'), Type.Literal('active'), Type.Literal('retiring')])
export type KeyState = Static<typeof KeyState>

const PrivateKey = Type.Object({ ...PublicKey.properties, d: Type.String(), state: KeyState })
type PrivateKey = Static<typeof PrivateKey>
const PrivateKeySet = Compile(Type.Object({ keys: Type.Array(PrivateKey, { minItems: 1, maxItems: 10 }) }))

export type SigningKeys = {
  active: { kid: string; privateKey: KeyObject }
  /** Everything that verifiers should know, in any state. */
  published: readonly PublicKey[]
}

function toPublicKey({ kty, crv, x, y, kid, use, alg }: PrivateKey): PublicKey {
  return { kty, crv, x, y, kid, use, alg }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SettingFault('is not valid JSON')
  }
}

/** Reads the key set of the `jwt_signing_keys` secret: exactly one key is active. */
export function parseSigningKeys(text: string): SigningKeys {
  const set = parseJson(text)
  if (!PrivateKeySet.Check(set)) {
    throw new SettingFault('must hold a set of private ES256 keys, each with a "kid" and a "state"')
  }
  const [active, ...others] = set.keys.filter((key) => key.state === 'active')
  if (!active || others.length > 0) throw new SettingFault('must hold exactly one key whose state is "active"')
  return {
    active: { kid: active.kid, privateKey: createPrivateKey({ key: active, format: 'jwk' }) },
    published: set.keys.map(toPublicKey),
  }
}

/** RFC 7638: the key's own digest is its name. */
function thumbprint({ crv, kty, x, y }: { crv: string; kty: string; x: string; y: string }): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

/** Makes one private key, as it stands in the secret. */
export function generateSigningKey(state: KeyState): object {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' })
  const shape = { kty: 'EC', crv: 'P-256', x, y }
  return { ...shape, d, kid: thumbprint(shape), use: 'sig', alg: 'ES256', state }
}

/** Makes the content of a fresh `jwt_signing_keys` secret. */
export function generateSigningKeys(): string {
  return JSON.stringify({ keys: [generateSigningKey('active')] })
}
