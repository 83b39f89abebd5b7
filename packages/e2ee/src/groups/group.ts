import type { Device } from './device.ts'
import { createKeyPackage } from './key-packages.ts'
import { listLeaves, type Member, readMember } from './members.ts'
import { type ClientConfig, type ClientState, createGroup, defaultClientConfig, type GroupState } from './mls.ts'
import { loadSuite } from './suite.ts'

/** What one device has of a group at one epoch. It never changes: what happens to it gives the next one. */
export type Group = { readonly state: ClientState }

/** Whether a device that is to be in the group may be taken for whom it says. */
export type Accepts = (member: Member) => boolean | Promise<boolean>

/**
 * How far back messages can be read that come late, as where many change the keys at once, and how far ahead those after
 * others that never came.
 */
const retention = { retainKeysForEpochs: 16, retainKeysForGenerations: 1_000, maximumForwardRatchetSteps: 5_000 }

export function toConfig(accepts: Accepts): ClientConfig {
  return {
    ...defaultClientConfig,
    keyRetentionConfig: retention,
    authService: {
      async validateCredential(credential, signatureKey) {
        const member = readMember(credential, signatureKey)
        return member !== undefined && (await accepts(member))
      },
    },
  }
}

export const toGroup = (state: GroupState, accepts: Accepts): Group => ({
  state: { ...state, clientConfig: toConfig(accepts) },
})

/** Begins the group of a conversation, with oneself alone in it. */
export async function beginGroup(device: Device, conversationId: string, accepts: Accepts): Promise<Group> {
  const { publicPackage, privatePackage } = await createKeyPackage(device)
  const id = new TextEncoder().encode(conversationId)
  return { state: await createGroup(id, publicPackage, privatePackage, [], await loadSuite(), toConfig(accepts)) }
}

export const conversationOf = ({ state }: Group) => new TextDecoder().decode(state.groupContext.groupId)

/** The epoch, which the service counts as well: each commit begins the next. */
export const epochOf = ({ state }: Group) => Number(state.groupContext.epoch)

export const listMembers = ({ state }: Group): Member[] => [...listLeaves(state).values()]

export const isMember = ({ state }: Group) => state.groupActiveState.kind === 'active'
