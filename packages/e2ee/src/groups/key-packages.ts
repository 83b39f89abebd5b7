import { base64ToBytes, bytesToBase64 } from '../bytes.ts'
import type { Device } from './device.ts'
import { GroupError, judge } from './errors.ts'
import { isSameMember, type Member, readMember, toCredential } from './members.ts'
import {
  defaultLifetime,
  generateKeyPackageWithKey,
  type KeyPackage,
  makeKeyPackageRef,
  type PrivateKeyPackage,
  verifyKeyPackage,
} from './mls.ts'
import { loadSuite } from './suite.ts'
import { fromText, toText } from './wire.ts'

/** By what a device can be brought into one group, and how groups name it; its private part stays with the device. */
export type OwnKeyPackage = { ref: string; publicPackage: KeyPackage; privatePackage: PrivateKeyPackage }

/** What every device of ours can: one suite, no extensions. */
export const capabilities = {
  versions: ['mls10' as const],
  ciphersuites: ['MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519' as const],
  extensions: [],
  proposals: [],
  credentials: ['basic' as const],
}

export async function nameKeyPackage(publicPackage: KeyPackage): Promise<string> {
  return bytesToBase64(await makeKeyPackageRef(publicPackage, (await loadSuite()).hash))
}

export async function createKeyPackage(device: Device): Promise<OwnKeyPackage> {
  const keys = { signKey: device.signKey, publicKey: base64ToBytes(device.identityKey) }
  const suite = await loadSuite()
  const pair = await generateKeyPackageWithKey(toCredential(device), capabilities, defaultLifetime, [], keys, suite)
  return { ref: await nameKeyPackage(pair.publicPackage), ...pair }
}

/** As the service hands it out. */
export function publishKeyPackage({ publicPackage }: OwnKeyPackage): string {
  return toText({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: publicPackage })
}

/** A key package for the vault; the key that signs is its device's, and kept with that. */
export function encodeKeyPackage(own: OwnKeyPackage): Uint8Array {
  const { initPrivateKey, hpkePrivateKey } = own.privatePackage
  const parts = [publishKeyPackage(own), bytesToBase64(initPrivateKey), bytesToBase64(hpkePrivateKey)]
  return new TextEncoder().encode(parts.join(' '))
}

export async function decodeKeyPackage(bytes: Uint8Array, { signKey }: Device): Promise<OwnKeyPackage> {
  const [published = '', init = '', hpke = ''] = new TextDecoder().decode(bytes).split(' ')
  const { keyPackage } = fromText(published, 'mls_key_package')
  const privatePackage = {
    initPrivateKey: base64ToBytes(init),
    hpkePrivateKey: base64ToBytes(hpke),
    signaturePrivateKey: signKey,
  }
  return { ref: await nameKeyPackage(keyPackage), publicPackage: keyPackage, privatePackage }
}

/** Reads what the service handed out for a device: it has to be signed by the identity that is known of it. */
export async function readKeyPackage(text: string, owner: Member): Promise<KeyPackage> {
  const { keyPackage } = fromText(text, 'mls_key_package')
  const { credential, signaturePublicKey } = keyPackage.leafNode
  const named = readMember(credential, signaturePublicKey)
  const isSigned = await judge('key package', async () => verifyKeyPackage(keyPackage, (await loadSuite()).signature))
  if (!isSigned || !named || !isSameMember(named, owner))
    throw new GroupError('FORGED', 'This key package is not by the device that it was handed out for.')
  return keyPackage
}
