import type { Member } from '@secureconnect/e2ee/groups'
import { createSafetyNumber, type KnownDevice, noteDevices, type Trust } from '@secureconnect/e2ee/trust'
import { readTrust, trustPrefix, writeTrust } from './kept-trust.ts'
import type { Needed } from './needs.ts'
import { toMember } from './rosters.ts'

export type LookingNeeds = Needed & {
  /** All devices of somebody that are in groups of this one. */
  listGrouped: (userId: string) => Promise<readonly Member[]>
}

const toKnown = ({ deviceId, identityKey }: Member): KnownDevice => ({ deviceId, identityKey })

/** Looks which devices people have, as the service and the groups that one is in say, and what was noted of them. */
export function createLooking({ client, vault, listGrouped }: LookingNeeds) {
  const listTold = async (userId: string) => (await client.rest.keys.list({ user_id: userId })).devices.map(toMember)

  /** A device that only a group has, or only the service tells of, is one that could read along. */
  async function listDevices(userId: string, told?: readonly Member[]): Promise<KnownDevice[]> {
    const all = [...(told ?? (await listTold(userId))), ...(await listGrouped(userId))].map(toKnown)
    return [...new Map(all.map((one) => [`${one.deviceId} ${one.identityKey}`, one])).values()]
  }

  const find = async (userId: string) => readTrust(await vault.read(trustPrefix + userId))
  const keep = (userId: string, trust: Trust) => vault.write(new Map([[trustPrefix + userId, writeTrust(trust)]]))

  /** Somebody's devices, and what of them is another than when notice was last taken. */
  async function note(userId: string, told?: readonly Member[]) {
    const devices = await listDevices(userId, told)
    const before = await find(userId)
    const noted = noteDevices(before, devices)
    // What was never seen before is what later devices are compared with; nobody is told of his first one.
    if (!before && devices.length > 0) await keep(userId, noted.trust)
    return noted
  }

  async function numberWith(userId: string): Promise<string> {
    const { userId: own = '' } = client
    const parties = await Promise.all(
      [own, userId].map(async (id) => {
        const devices = await listDevices(id)
        return { userId: id, identityKeys: devices.map(({ identityKey }) => identityKey) }
      }),
    )
    const [one, other] = parties
    return one && other ? createSafetyNumber(one, other) : ''
  }

  return { find, keep, note, numberWith }
}
