import type { KnownPerson } from '@secureconnect/sdk/encryption'
import { useEffect } from 'preact/hooks'
import { knownPerson } from '../known-people.ts'
import { openDevice } from '../own-device.ts'

/** What is known of somebody's devices, looked up once it is asked for; undefined until then. */
export function useKnownPerson(userId: string): KnownPerson | undefined {
  const known = openDevice.value?.encryption.known
  useEffect(() => {
    // What cannot be asked now is asked where one looks next.
    known?.look(userId).catch(() => undefined)
  }, [known, userId])
  return knownPerson(userId)
}
