import type { Accepts, Member } from '@secureconnect/e2ee/groups'
import type { Needed } from './needs.ts'

/** Which devices belong into a group, as the service says. */
export type Roster = {
  epoch: number
  isRekeyRequired: boolean
  /** Who left since the last commit. */
  departedIds: readonly string[]
  devices: readonly Member[]
}

type ListedDevice = { user_id: string; device_id: string; identity_key: string }

/** A device of which the service told, as groups know it. */
export function toMember({ user_id, device_id, identity_key }: ListedDevice): Member {
  return { userId: user_id, deviceId: device_id, identityKey: identity_key }
}

/** Asks who belongs into groups, and judges by it who comes in. */
export function createRosters({ client }: Pick<Needed, 'client'>) {
  const known = new Map<string, Roster>()

  async function load(conversationId: string): Promise<Roster> {
    const found = await client.rest.devices.listOfConversation({ conversation_id: conversationId })
    const roster = {
      epoch: found.group_epoch,
      isRekeyRequired: found.rekey_required,
      departedIds: found.departed_ids,
      devices: found.devices.map(toMember),
    }
    known.set(conversationId, roster)
    return roster
  }

  const findKey = ({ devices }: Roster, { userId, deviceId }: Member) =>
    devices.find((one) => one.userId === userId && one.deviceId === deviceId)?.identityKey

  return {
    load,
    /**
     * Takes a device for whom it says unless the service knows it by another key. One that the service does not know, or
     * not any more, may be in an old commit: before anything is sent it is taken out again.
     */
    acceptsOf(conversationId: string): Accepts {
      return async (member) => {
        const before = known.get(conversationId)
        const key = before && findKey(before, member)
        if (key === member.identityKey) return true
        const fresh = findKey(await load(conversationId), member)
        return fresh === undefined || fresh === member.identityKey
      }
    },
  }
}

export type Rosters = ReturnType<typeof createRosters>
