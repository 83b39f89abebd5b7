import { type Device, listMembers, type Member } from '@secureconnect/e2ee/groups'
import type { Message } from '@secureconnect/protocol'
import { createEmitter, type Emitter } from '../emitter.ts'
import { createChanging, type PeopleChange } from './change-group.ts'
import { createClaims } from './claimed-packages.ts'
import { createDoubts } from './doubts.ts'
import { followChat } from './follow-chat.ts'
import { createFollowing } from './follow-commits.ts'
import { forgetExpired } from './forget-expired.ts'
import { createGroupChannel, type GroupChannel } from './group-channel.ts'
import { createGroupStore } from './group-store.ts'
import { createKeptTexts } from './kept-texts.ts'
import { createKeyBackup, type KeyBackup } from './key-backup.ts'
import { createKnownDevices, type KnownDevices } from './known-devices.ts'
import type { Needed } from './needs.ts'
import type { EncryptionEvents } from './news.ts'
import { createOpening } from './open-sealed.ts'
import { openDevice, refill, renew } from './own-device.ts'
import { createRosters } from './rosters.ts'
import { createRotation } from './rotation.ts'
import { createSending, type PlainDraft } from './send-sealed.ts'
import type { Opened, Plain } from './texts.ts'
import { createWelcomes } from './welcomes.ts'

export { createMemoryVault, GroupError, type GroupFault, type Vault } from '@secureconnect/e2ee/groups'
export type { About, GroupChannel } from './group-channel.ts'
export type { BackupStanding, KeyBackup } from './key-backup.ts'
export type { KnownDevices, KnownPerson } from './known-devices.ts'
export type { DevicePlace, EncryptionEvents, Fault } from './news.ts'
export type { PlainDraft } from './send-sealed.ts'
export type { Opened, Plain } from './texts.ts'

export type Encryption = Disposable & {
  readonly on: Emitter<EncryptionEvents>['on']
  /** This browser or process, as one of its person's devices. */
  readonly device: Member
  /** Begins or joins the group of an encrypted conversation, and has it hold the devices of its people and no others. */
  settle(conversationId: string): Promise<void>
  /** Brings people into an encrypted group, or takes them out. */
  changePeople(conversationId: string, change: PeopleChange): Promise<void>
  /** Gives a group new keys. */
  rekey(conversationId: string): Promise<void>
  /** Gives up what this device has of a group and comes in anew; for when something does not add up. */
  rejoin(conversationId: string): Promise<void>
  /** Sends what only the devices of the group can read; where that cannot be, nothing is sent. */
  send(draft: PlainDraft): Promise<Message>
  edit(message: Pick<Message, 'conversation_id' | 'message_id'>, plain: Plain): Promise<Message>
  /** What a message says; undefined where it says nothing any more. What cannot be trusted or read is a GroupError. */
  open(message: Message): Promise<Opened | undefined>
  /** For what is no message of a conversation: encrypted calls need it. */
  readonly channel: GroupChannel
  /** Which devices people have, whether that was compared with them, and what of it changed. */
  readonly known: KnownDevices
  /** What this device has read, for one's other devices, under a passphrase. */
  readonly backup: KeyBackup
  /** The devices that can read what is sent now. */
  listDevices(conversationId: string): Promise<readonly Member[]>
}

function connect(needed: Needed, device: Device) {
  const { client, vault } = needed
  const { on, emit } = createEmitter<EncryptionEvents>()
  const report = (fault: EncryptionEvents['fault']) => emit('fault', fault)
  const changed = (change: EncryptionEvents['changed']) => emit('changed', change)
  const rosters = createRosters({ client })
  const store = createGroupStore(vault, rosters.acceptsOf)
  const texts = createKeptTexts(vault)
  const claims = createClaims(needed, report)
  const follower = createFollowing({ ...needed, store, rosters, changed })
  const welcomes = createWelcomes({ ...needed, device, store, rosters, changed })
  const changer = createChanging({ ...needed, device, store, rosters, claims, follower, welcomes, changed })
  const doubts = createDoubts()
  const rotation = createRotation(vault)
  const sending = createSending({ client, texts, device, store, changer, rotation, doubts })
  const channel = createGroupChannel({ store, changer, follower, rotation, doubts, on })
  const opening = createOpening({ texts, store, follower })
  return { on, emit, report, store, texts, changer, doubts, sending, opening, welcomes, follower, channel }
}

/**
 * Makes this browser or process a device of whoever is signed in, for encrypted conversations. To be called once signed
 * in and before `chat.open`, so that nothing is missed; `deviceName` is how the person finds it among the others.
 */
export async function startEncryption(
  client: Needed['client'],
  { vault, deviceName }: { vault: Needed['vault']; deviceName: string },
): Promise<Encryption> {
  const needed = { client, vault }
  const device = await openDevice(needed, deviceName)
  const connected = connect(needed, device)
  const { on, emit, report, store, texts, changer, doubts, sending, opening, welcomes, follower, channel } = connected
  const settle = async (id: string, people: PeopleChange = {}, isDue = false) => {
    await store.run(id, () => changer.settle(id, people, isDue))
  }
  const stop = followChat({
    client,
    deviceId: device.deviceId,
    store,
    follower,
    opening,
    sending,
    receive: welcomes.receive,
    refill: () => refill(needed, device),
    renew: () => renew(needed, device),
    settle,
    doubt: doubts.doubt,
    devicesChanged: (userId) => emit('devices', { userId }),
    report,
  })
  const stopForgetting = forgetExpired(texts)
  const known = createKnownDevices({ ...needed, listGrouped: store.listDevicesOf, follow: on })
  const { userId, deviceId, identityKey } = device
  return {
    on,
    device: { userId, deviceId, identityKey },
    settle,
    changePeople: settle,
    rekey: (id) => settle(id, {}, true),
    async rejoin(id) {
      await store.run(id, async () => {
        await store.forget(id)
        await changer.settle(id)
      })
    },
    send: sending.send,
    edit: sending.edit,
    open: opening.openMessage,
    channel,
    known,
    backup: createKeyBackup({ ...needed, texts }),
    async listDevices(id) {
      const group = await store.find(id)
      return group ? listMembers(group) : []
    },
    [Symbol.dispose]() {
      stopForgetting()
      stop()
      known[Symbol.dispose]()
    },
  }
}
