import { base64ToBytes, bytesToBase64 } from '../bytes.ts'
import type { Device } from './device.ts'
import { GroupError, judge } from './errors.ts'
import { isSameMember, type Member, readMember, toCredential } from './members.ts'
import {
  generateKeyPackageWithKey,
  type KeyPackage,
  makeKeyPackageRef,
  type PrivateKeyPackage,
  verifyKeyPackage,
  verifyLeafNodeSignatureKeyPackage,
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

/** For how long a key package brings its device into groups; the clocks of two devices may differ by a day. */
export const keyPackageDays = 60
const daySeconds = 86_400

function lifetimeFrom(now: number) {
  const day = Math.floor(now / 1_000)
  return { notBefore: BigInt(day - daySeconds), notAfter: BigInt(day + keyPackageDays * daySeconds) }
}

/** Until when a key package can be used, in milliseconds. */
export const endOf = ({ leafNode }: KeyPackage) => Number(leafNode.lifetime.notAfter) * 1_000

export async function createKeyPackage(device: Device, now = Date.now()): Promise<OwnKeyPackage> {
  const keys = { signKey: device.signKey, publicKey: base64ToBytes(device.identityKey) }
  const suite = await loadSuite()
  const pair = await generateKeyPackageWithKey(toCredential(device), capabilities, lifetimeFrom(now), [], keys, suite)
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

/** Whether it is as ours are: one that is not would have the whole commit refused that brings it in. */
function isUsable({ cipherSuite, extensions, initKey, leafNode }: KeyPackage): boolean {
  const { notBefore, notAfter } = leafNode.lifetime
  const isShort = notAfter - notBefore <= BigInt((keyPackageDays + 1) * daySeconds)
  const isPlain = extensions.length + leafNode.extensions.length === 0
  const hasTwoKeys = bytesToBase64(initKey) !== bytesToBase64(leafNode.hpkePublicKey)
  const isKnown = capabilities.ciphersuites.some((one) => one === cipherSuite)
  return isShort && isPlain && hasTwoKeys && isKnown && leafNode.capabilities.credentials.includes('basic')
}

async function isSigned(keyPackage: KeyPackage): Promise<boolean> {
  const { signature } = await loadSuite()
  return (
    (await verifyKeyPackage(keyPackage, signature)) &&
    (await verifyLeafNodeSignatureKeyPackage(keyPackage.leafNode, signature))
  )
}

/** Reads what the service handed out for a device: it has to be signed by the identity that is known of it. */
export async function readKeyPackage(text: string, owner: Member, now = Date.now()): Promise<KeyPackage> {
  const { keyPackage } = fromText(text, 'mls_key_package')
  const { credential, signaturePublicKey, lifetime } = keyPackage.leafNode
  const named = readMember(credential, signaturePublicKey)
  const isOwn = named !== undefined && isSameMember(named, owner)
  if (!isOwn || !isUsable(keyPackage) || !(await judge('key package', () => isSigned(keyPackage))))
    throw new GroupError('FORGED', 'This key package is not by the device that it was handed out for.')
  if (endOf(keyPackage) < now || Number(lifetime.notBefore) * 1_000 > now)
    throw new GroupError('STALE', 'This key package is too old, or the clock of its device is wrong.')
  return keyPackage
}
