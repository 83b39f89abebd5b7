import { base64ToBytes, bytesToBase64 } from '../bytes.ts'
import type { Member } from './members.ts'
import { loadSuite } from './suite.ts'

/** A device as only it has itself: its identity is an Ed25519 key, which signs all that it does in groups. */
export type Device = Member & { signKey: Uint8Array }

export async function createDevice(place: Pick<Member, 'userId' | 'deviceId'>): Promise<Device> {
  const { publicKey, signKey } = await (await loadSuite()).signature.keygen()
  return { ...place, identityKey: bytesToBase64(publicKey), signKey }
}

/** A device for the vault. */
export function encodeDevice({ signKey, ...member }: Device): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...member, signKey: bytesToBase64(signKey) }))
}

export function decodeDevice(bytes: Uint8Array): Device {
  const { userId, deviceId, identityKey, signKey }: Record<string, string> = JSON.parse(new TextDecoder().decode(bytes))
  if (!userId || !deviceId || !identityKey || !signKey) throw new Error('The vault holds no whole device')
  return { userId, deviceId, identityKey, signKey: base64ToBytes(signKey) }
}
