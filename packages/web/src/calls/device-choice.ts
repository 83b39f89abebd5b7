import { signal } from '@preact/signals'
import { createBrowserStorage } from '@secureconnect/sdk'

export type DeviceKind = 'mic' | 'camera' | 'speaker'
type Choice = Readonly<Partial<Record<DeviceKind, string>>>

const storage = createBrowserStorage()
const prefix = 'device:'
const isKind = (name: string): name is DeviceKind => ['mic', 'camera', 'speaker'].includes(name)

/** Which device is used for what; without one, that of the browser. */
export const deviceChoice = signal<Choice>({})

void storage.list(prefix).then((kept) => {
  const entries = [...kept].map(([key, id]) => [key.slice(prefix.length), id] as const)
  deviceChoice.value = { ...Object.fromEntries(entries.filter(([kind]) => isKind(kind))), ...deviceChoice.value }
})

/** Uses a device from now on, also on later pages of this browser. */
export function chooseDevice(kind: DeviceKind, id: string | undefined): void {
  const { [kind]: _before, ...others } = deviceChoice.value
  deviceChoice.value = id === undefined ? others : { ...others, [kind]: id }
  void (id === undefined ? storage.remove(prefix + kind) : storage.write(prefix + kind, id))
}
