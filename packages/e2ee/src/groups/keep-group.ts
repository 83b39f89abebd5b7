import { type Accepts, conversationOf, type Group, toGroup } from './group.ts'
import { decodeEpochReceiverData, decodeGroupState, encode, encodeGroupState, epochReceiverDataEncoder } from './mls.ts'
import type { Changes, Vault } from './vault.ts'

/** Under it and the conversation's id a group is kept. */
export const groupPrefix = 'group:'
const stateKey = (id: string) => groupPrefix + id
const epochPrefix = (id: string) => `epoch:${id}:`

const epochEncoder = encode(epochReceiverDataEncoder)

/** What has to be written for a group to be found as it is; of former epochs what changed since `before`. */
export function toChanges(group: Group, before?: Group): Map<string, Uint8Array | undefined> {
  const id = conversationOf(group)
  const { historicalReceiverData: former } = group.state
  const kept = before?.state.historicalReceiverData ?? new Map<bigint, undefined>()
  const changes = new Map<string, Uint8Array | undefined>([
    [stateKey(id), encodeGroupState({ ...group.state, historicalReceiverData: new Map() })],
  ])
  for (const [epoch, data] of former)
    if (kept.get(epoch) !== data) changes.set(epochPrefix(id) + epoch, epochEncoder(data))
  for (const epoch of kept.keys()) if (!former.has(epoch)) changes.set(epochPrefix(id) + epoch, undefined)
  return changes
}

export function assertWhole<T>(decoded: [T, number] | undefined): T {
  if (!decoded) throw new Error('The vault holds no whole group')
  return decoded[0]
}

/** A group as it was last written; undefined where there is none. */
export async function loadGroup(vault: Vault, conversationId: string, accepts: Accepts): Promise<Group | undefined> {
  const bytes = await vault.read(stateKey(conversationId))
  if (!bytes) return undefined
  const state = assertWhole(decodeGroupState(bytes, 0))
  const prefix = epochPrefix(conversationId)
  const former = await Promise.all(
    (await vault.list(prefix)).map(async (key) => {
      const data = assertWhole(decodeEpochReceiverData((await vault.read(key)) ?? new Uint8Array(), 0))
      return [BigInt(key.slice(prefix.length)), data] as const
    }),
  )
  return toGroup({ ...state, historicalReceiverData: new Map(former) }, accepts)
}

/** Has a group forgotten, with all that could be read by it. */
export async function toForgetting(vault: Vault, conversationId: string): Promise<Changes> {
  const keys = [stateKey(conversationId), ...(await vault.list(epochPrefix(conversationId)))]
  return new Map(keys.map((key) => [key, undefined]))
}
