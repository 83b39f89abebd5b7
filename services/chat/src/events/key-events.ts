import type { KeyKind } from '@secureconnect/protocol'
import type { Observers } from './observers.ts'

type OfDevice = { userId: string; deviceId: string }

/** What happens to devices and their keys; no key is told. */
export function createKeyEvents({ log, audit }: Observers) {
  const tell = (action: string, { userId, deviceId }: OfDevice) => {
    log.info({ user_id: userId, device_id: deviceId, outcome: 'succeeded' }, `device: ${action}`)
    audit.record({ resource: 'device', action, result: 'allowed', userId, targetId: deviceId })
  }
  return {
    keysBackedUp: ({ userId }: { userId: string }) =>
      audit.record({ resource: 'key_backup', action: 'save', result: 'allowed', userId }),
    backupRead: ({ userId }: { userId: string }) =>
      audit.record({ resource: 'key_backup', action: 'read', result: 'allowed', userId }),
    backupDeleted: ({ userId }: { userId: string }) =>
      audit.record({ resource: 'key_backup', action: 'delete', result: 'allowed', userId }),
    deviceRegistered: (done: OfDevice) => tell('register', done),
    deviceRemoved: (done: OfDevice) => tell('remove', done),
    keysRotated: (done: OfDevice) => tell('rotate-keys', done),
    groupCommitted({
      conversationId,
      userId,
      groupEpoch,
    }: {
      conversationId: string
      userId: string
      groupEpoch: number
    }) {
      log.info({ conversation_id: conversationId, user_id: userId, group_epoch: groupEpoch }, 'group commit')
      audit.record({ resource: 'conversation', action: 'commit', result: 'allowed', userId, targetId: conversationId })
    },
    keysClaimed({ userId, kind, count }: { userId: string; kind: KeyKind; count: number }) {
      log.info({ user_id: userId, kind, count, outcome: 'succeeded' }, 'keys claimed')
    },
  }
}
