import { useSignal } from '@preact/signals'
import { listDevices } from '@secureconnect/sdk/calls'
import { useEffect } from 'preact/hooks'
import type { DeviceKind } from './device-choice.ts'

type Devices = Readonly<Record<DeviceKind, readonly MediaDeviceInfo[]>>

const kinds: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  audioinput: 'mic',
  videoinput: 'camera',
  audiooutput: 'speaker',
}
const none: Devices = { mic: [], camera: [], speaker: [] }

/** The devices that there are, also those that are plugged in meanwhile. */
export function useDevices(): Devices {
  const devices = useSignal(none)
  useEffect(() => {
    const look = async () => {
      const all = await listDevices().catch(() => [])
      devices.value = { ...none, ...Object.groupBy(all, ({ kind }) => kinds[kind]) }
    }
    void look()
    const { mediaDevices } = navigator
    mediaDevices?.addEventListener('devicechange', look)
    return () => mediaDevices?.removeEventListener('devicechange', look)
  }, [])
  return devices.value
}
