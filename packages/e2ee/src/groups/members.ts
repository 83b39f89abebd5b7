import { bytesToBase64 } from '../bytes.ts'
import type { ClientState, Credential, LeafNode } from './mls.ts'

/** A device in a group: each has keys of its own. */
export type Member = { userId: string; deviceId: string; identityKey: string }

export function toCredential({ userId, deviceId }: Pick<Member, 'userId' | 'deviceId'>): Credential {
  return { credentialType: 'basic', identity: new TextEncoder().encode(`${userId} ${deviceId}`) }
}

/** Whom a credential names, with the key that it comes with; undefined where it is none of ours. */
export function readMember(credential: Credential, signatureKey: Uint8Array): Member | undefined {
  if (credential.credentialType !== 'basic') return undefined
  const [userId, deviceId, ...more] = new TextDecoder().decode(credential.identity).split(' ')
  if (!userId || !deviceId || more.length > 0) return undefined
  return { userId, deviceId, identityKey: bytesToBase64(signatureKey) }
}

export const isSameDevice = (a: Pick<Member, 'userId' | 'deviceId'>, b: Pick<Member, 'userId' | 'deviceId'>) =>
  a.userId === b.userId && a.deviceId === b.deviceId

export const isSameMember = (a: Member, b: Member) => isSameDevice(a, b) && a.identityKey === b.identityKey

function toMember({ credential, signaturePublicKey }: LeafNode): Member {
  const member = readMember(credential, signaturePublicKey)
  if (!member) throw new Error('Every leaf was judged before it came into the tree')
  return member
}

/** The devices of a tree by the numbers of their leaves. */
export function listLeaves({ ratchetTree }: Pick<ClientState, 'ratchetTree'>): Map<number, Member> {
  const leaves = new Map<number, Member>()
  for (const [index, node] of ratchetTree.entries())
    if (node?.nodeType === 'leaf') leaves.set(index / 2, toMember(node.leaf))
  return leaves
}
