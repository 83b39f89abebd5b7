import { computed, effect } from '@preact/signals'
import { conversations } from '../chat/list/conversations.ts'
import { forgetDoubts, watchDoubts } from './doubts.ts'
import { keepBackup } from './keep-backup.ts'
import { forgetPeople, watchPeople } from './known-people.ts'
import { leaveDevice, needDevice } from './own-device.ts'
import { forgetReadings } from './readings.ts'
import { forgetSealedFiles } from './sealed-files.ts'
import { forgetOpenFiles } from './sealed-links.ts'

const hasEncrypted = computed(() => conversations.value.some(({ is_e2ee_enabled }) => is_e2ee_enabled))

/** Has this browser become a device as soon as there is an encrypted conversation; what it answers lets go of that. */
export function beginEncryption(): () => void {
  const stop = effect(() => {
    if (hasEncrypted.value) needDevice()
  })
  const ends = [stop, watchPeople(), watchDoubts(), keepBackup()]
  return () => {
    for (const end of ends) end()
    leaveDevice()
    forgetDoubts()
    forgetPeople()
    forgetReadings()
    forgetSealedFiles()
    forgetOpenFiles()
  }
}
