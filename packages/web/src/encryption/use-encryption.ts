import type { OwnConversation } from '@secureconnect/sdk'
import { useEffect } from 'preact/hooks'
import { membersOf } from '../chat/members.ts'
import { needDevice, openDevice } from './own-device.ts'

/** Has this device be in the group of a conversation that is looked at, by itself where nobody has let it in. */
export function useEncryption({ conversation_id: id, is_e2ee_enabled: isEncrypted }: OwnConversation): void {
  const device = openDevice.value
  const people = membersOf(id).map(({ user_id }) => user_id)
  useEffect(() => {
    if (isEncrypted) needDevice()
  }, [isEncrypted])
  useEffect(() => {
    if (!isEncrypted || !device) return
    const { encryption } = device
    const join = async () => {
      const devices = await encryption.listDevices(id)
      if (devices.length === 0) await encryption.settle(id)
    }
    // Before anything is sent it is tried again, and what fails then is told.
    join().catch(() => undefined)
  }, [id, isEncrypted, device])
  useEffect(() => {
    if (isEncrypted) device?.encryption.known.lookAround(id, people).catch(() => undefined)
  }, [id, isEncrypted, device, people.length])
}
