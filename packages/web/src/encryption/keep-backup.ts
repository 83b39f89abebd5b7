import { effect } from '@preact/signals'
import { openDevice } from './own-device.ts'

const everyMs = 600_000

/** Has this device bring its key backup up to date now and then, where it keeps one; what it answers ends that. */
export function keepBackup(): () => void {
  return effect(() => {
    const backup = openDevice.value?.encryption.backup
    if (!backup) return undefined
    // What fails is tried again the next time; how it stands is shown in the settings.
    const refresh = () => void backup.refresh().catch(() => undefined)
    refresh()
    const timer = setInterval(refresh, everyMs)
    return () => clearInterval(timer)
  })
}
