import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { openDevice } from './own-device.ts'

/** How many devices of each person can read what is said now, kept up as that changes; undefined while it is not known. */
export function useReaders(conversationId: string): ReadonlyMap<string, number> | undefined {
  const readers = useSignal<ReadonlyMap<string, number> | undefined>(undefined)
  const device = openDevice.value
  useEffect(() => {
    if (!device) return
    const { encryption } = device
    const look = async () => {
      const devices = await encryption.listDevices(conversationId)
      // This device is not in it itself yet.
      if (devices.length === 0) return
      const byPerson = Map.groupBy(devices, ({ userId }) => userId)
      readers.value = new Map([...byPerson].map(([userId, own]) => [userId, own.length]))
    }
    // Where its group cannot be read now, nothing is said.
    const lookNow = () => void look().catch(() => undefined)
    lookNow()
    return encryption.on('changed', lookNow)
  }, [conversationId, device])
  return readers.value
}
