import { type KnownDevice, type noteDevices, type TrustChange, trustOf, verify } from '@secureconnect/e2ee/trust'
import { createEmitter, type Emitter } from '../emitter.ts'
import { createLooking, type LookingNeeds } from './look-at-devices.ts'
import type { EncryptionEvents } from './news.ts'
import { toMember } from './rosters.ts'

/** What one knows of somebody's devices. */
export type KnownPerson = {
  userId: string
  devices: readonly KnownDevice[]
  trust: ReturnType<typeof trustOf>
  /** What changed since notice was last taken: to be told, loudly, before anything more is said to him. */
  change: TrustChange | undefined
}

export type KnownDevices = Disposable & {
  on: Emitter<{ person: KnownPerson }>['on']
  /** Looks which devices somebody has now, and notes what is another than before. */
  look(userId: string): Promise<KnownPerson>
  /** The same for people of a conversation, of all of them at once. */
  lookAround(conversationId: string, userIds: readonly string[]): Promise<void>
  /** The number to compare with somebody, over the devices that both have now. */
  safetyNumberWith(userId: string): Promise<string>
  /** Notes that this number was compared with somebody; false where it is another one meanwhile. */
  verify(userId: string, safetyNumber: string): Promise<boolean>
  /** Notes that what changed of somebody was seen, as it was told. */
  takeNotice(person: KnownPerson): Promise<void>
}

type Knowing = LookingNeeds & { follow: Emitter<EncryptionEvents>['on'] }

/** Keeps watch over which devices people have, as their own service and the groups that one is in say. */
export function createKnownDevices({ follow, ...needed }: Knowing): KnownDevices {
  const { find, keep, note, numberWith } = createLooking(needed)
  const { on, emit } = createEmitter<{ person: KnownPerson }>()
  let turn: Promise<unknown> = Promise.resolve()

  /** One after the other, so that no look undoes what another one noted. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  function tell(userId: string, { trust, change }: ReturnType<typeof noteDevices>): KnownPerson {
    const person = { userId, devices: trust.devices, trust: trustOf(trust), change }
    emit('person', person)
    return person
  }

  const look = (userId: string) => inTurn(async () => tell(userId, await note(userId)))
  // What cannot be looked up now is with the next look.
  const lookLater = (userId: string) => void look(userId).catch(() => undefined)
  const ends = [
    follow('devices', ({ userId }) => lookLater(userId)),
    follow('changed', ({ added, removed }) => {
      for (const id of new Set([...added, ...removed].map(({ userId }) => userId))) lookLater(id)
    }),
  ]

  return {
    on,
    look,
    async lookAround(conversation_id, userIds) {
      const { devices } = await needed.client.rest.devices.listOfConversation({ conversation_id })
      const told = Map.groupBy(devices.map(toMember), ({ userId }) => userId)
      await inTurn(async () => {
        for (const userId of userIds) tell(userId, await note(userId, told.get(userId) ?? []))
      })
    },
    safetyNumberWith: numberWith,
    verify: (userId, safetyNumber) =>
      inTurn(async () => {
        const { trust } = await note(userId)
        if ((await numberWith(userId)) !== safetyNumber) return false
        const verified = verify(trust)
        await keep(userId, verified)
        tell(userId, { trust: verified, change: undefined })
        return true
      }),
    takeNotice: ({ userId, devices }) =>
      inTurn(async () => {
        const kept = await find(userId)
        if (kept) await keep(userId, { ...kept, devices })
        tell(userId, await note(userId))
      }),
    [Symbol.dispose]() {
      for (const end of ends) end()
    },
  }
}
