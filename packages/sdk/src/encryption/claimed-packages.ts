import { endOf, GroupError, type Member, nameKeyPackage, readKeyPackage } from '@secureconnect/e2ee/groups'
import { limits } from '@secureconnect/protocol/constants'
import type { Needed } from './needs.ts'
import type { EncryptionEvents } from './news.ts'
import { namePackage, packagePrefixes } from './package-names.ts'

type KeyPackage = Awaited<ReturnType<typeof readKeyPackage>>
type Tell = (fault: EncryptionEvents['fault']) => void

const askAgainMs = 3_600_000
const placeOf = ({ userId, deviceId }: Member) => `${userId} ${deviceId}`

/** Gets key packages of devices that are to come into a group. Those of a commit that lost its race serve for the next. */
export function createClaims({ client, vault }: Needed, tell: Tell) {
  const waiting = new Map<string, KeyPackage>()
  /** When devices last had no key that could be taken: they must not use up how often their person may be asked. */
  const asked = new Map<string, number>()

  async function read(text: string, owner: Member, isLastResort: boolean): Promise<KeyPackage> {
    const keyPackage = await readKeyPackage(text, owner)
    const named = { until: endOf(keyPackage), ref: await nameKeyPackage(keyPackage) }
    const key = namePackage(packagePrefixes.claimed, named)
    if (!isLastResort && (await vault.read(key)))
      throw new GroupError('REPLAYED', 'The service handed out a key package for the second time.')
    await vault.write(new Map([[key, new Uint8Array()]]))
    return keyPackage
  }

  async function claim(userIds: readonly string[], wanted: ReadonlyMap<string, Member>): Promise<void> {
    const { keys } = await client.rest.keys.claim({ user_ids: [...userIds], kind: 'key_package' })
    for (const [place, { userId }] of wanted) if (userIds.includes(userId)) asked.set(place, Date.now())
    for (const { user_id: userId, device_id: deviceId, key_package, is_last_resort } of keys) {
      const owner = wanted.get(`${userId} ${deviceId}`)
      if (!owner || key_package === null) continue
      try {
        waiting.set(placeOf(owner), await read(key_package, owner, is_last_resort))
      } catch (error) {
        // A device without a key that can be trusted stays outside; the others must not wait for it. One that was away
        // for so long that its keys are too old comes in by itself.
        if (!(error instanceof GroupError)) throw error
        if (error.fault !== 'STALE') tell({ conversationId: undefined, fault: error.fault, what: 'key-package', error })
      }
    }
  }

  const isWorthAsking = (one: Member) =>
    !waiting.has(placeOf(one)) && Date.now() - (asked.get(placeOf(one)) ?? 0) >= askAgainMs

  return {
    /** The key packages of those devices that have one. */
    async obtain(devices: readonly Member[]): Promise<Map<Member, KeyPackage>> {
      const missing = new Map(devices.filter(isWorthAsking).map((one) => [placeOf(one), one]))
      const userIds = [...new Set([...missing.values()].map(({ userId }) => userId))]
      while (userIds.length > 0) await claim(userIds.splice(0, limits.claimedPeople), missing)
      const found = devices.flatMap((one) => {
        const keyPackage = waiting.get(placeOf(one))
        return keyPackage ? [[one, keyPackage] as const] : []
      })
      return new Map(found)
    },
    /** They are in the group: their key packages serve no second time. */
    spend: (devices: Iterable<Member>) => {
      for (const one of devices) {
        waiting.delete(placeOf(one))
        asked.delete(placeOf(one))
      }
    },
  }
}

export type Claims = ReturnType<typeof createClaims>
