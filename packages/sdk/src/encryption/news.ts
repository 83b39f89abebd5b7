import type { GroupFault } from '@secureconnect/e2ee/groups'

/** What does not add up, which the person should be told: somebody may be at work between the devices. */
export type Fault = {
  conversationId: string | undefined
  fault: GroupFault
  /** The message, commit or welcome that it was. */
  what: 'message' | 'commit' | 'welcome' | 'key-package'
  error: Error
}

/** What encryption tells. */
export type EncryptionEvents = {
  fault: Fault
  /** The keys of a conversation are new; `added` and `removed` are devices. */
  changed: { conversationId: string; epoch: number; added: DevicePlace[]; removed: DevicePlace[] }
  /** Somebody has other devices, or other keys on one, than a moment ago. */
  devices: { userId: string }
}
export type DevicePlace = { userId: string; deviceId: string }
