import { computed, signal } from '@preact/signals'
import { removeBrowserVault } from '@secureconnect/e2ee/browser-vault'
import { insist } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { words } from '../words/index.ts'
import { explainDevice } from './explain-device.ts'
import { NoDeviceError } from './no-device-error.ts'
import type { OpenDevice } from './open-device.ts'

/** How this browser stands as one of its person's devices, which is what encrypted conversations are read by. */
export type OwnDevice =
  | { is: 'unneeded' }
  | { is: 'opening' }
  | { is: 'open'; device: OpenDevice }
  /** Another page of this browser has the keys: two that use them at once would use the same one twice. */
  | { is: 'elsewhere' }
  | { is: 'failed'; error: unknown }

export const ownDevice = signal<OwnDevice>({ is: 'unneeded' })

/** This device where it is open: its keys, what it has read, and files for whoever may read them. */
export const openDevice = computed(() => (ownDevice.value.is === 'open' ? ownDevice.value.device : undefined))

/** Whether it is, or will be in a moment, possible to write encrypted here. */
export const canEncrypt = computed(() => ['opening', 'open'].includes(ownDevice.value.is))

const nameOf = (userId: string) => `e2ee-${userId}`
const nameOfOwn = () => nameOf(client.userId ?? '')

function abortion(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Whether another page has the device. */
async function isHeld(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query()
  return held.some((lock) => lock.name === name)
}

/** Has the device open until somebody leaves or another page asks for it; called by who has the lock. */
async function hold(name: string, leaving: AbortSignal): Promise<void> {
  const asked = new AbortController()
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', () => asked.abort())
  const until = AbortSignal.any([leaving, asked.signal])
  try {
    ownDevice.value = { is: 'opening' }
    const { openDeviceAt } = await import('./open-device.ts')
    using device = await insist(() => openDeviceAt(name), until)
    if (!until.aborted) ownDevice.value = { is: 'open', device }
    await abortion(until)
    if (!leaving.aborted) ownDevice.value = { is: 'elsewhere' }
  } finally {
    channel.close()
  }
}

async function run(leaving: AbortSignal): Promise<void> {
  const name = nameOfOwn()
  ownDevice.value = { is: 'opening' }
  try {
    while (!leaving.aborted) {
      if (await isHeld(name)) ownDevice.value = { is: 'elsewhere' }
      await navigator.locks.request(name, { signal: leaving }, () => hold(name, leaving))
    }
  } catch (error) {
    if (!leaving.aborted) ownDevice.value = { is: 'failed', error }
  }
}

let leaving: AbortController | undefined

/** Has this browser become a device, unless it is one; once that has failed, it is tried again. */
export function needDevice(): void {
  const { is } = ownDevice.peek()
  if (client.userId === undefined || (is !== 'unneeded' && is !== 'failed')) return
  leaving = new AbortController()
  void run(leaving.signal)
}

/** The device once it is open; rejected where it cannot be opened here and now. */
export function getDevice(): Promise<OpenDevice> {
  needDevice()
  return new Promise((resolve, reject) => {
    const stop = ownDevice.subscribe((now) => {
      if (now.is === 'open') resolve(now.device)
      else if (now.is === 'failed') reject(new NoDeviceError(explainDevice(now.error), { cause: now.error }))
      else if (now.is === 'elsewhere') reject(new NoDeviceError(words.encryption.standing.elsewhere))
      else return
      queueMicrotask(() => stop())
    })
  })
}

/** Asks the page that has the device to let go of it: it comes here as soon as that has. */
export function takeDevice(): void {
  const channel = new BroadcastChannel(nameOfOwn())
  channel.postMessage('hand over')
  channel.close()
}

/** Lets go of the device; what it keeps stays for the next time. */
export function leaveDevice(): void {
  leaving?.abort()
  ownDevice.value = { is: 'unneeded' }
}

/** Somebody signs out here: what this browser kept for him goes, and nobody is to encrypt for it any more. */
export async function forgetDevice(): Promise<void> {
  const name = nameOfOwn()
  const device_id = openDevice.peek()?.encryption.device.deviceId
  // Where the service cannot be told now, its owner removes it from another device.
  if (device_id !== undefined) await client.rest.devices.remove({ device_id }).catch(() => undefined)
  leaveDevice()
  // It goes once the last page that has it open is signed out as well.
  void removeBrowserVault(name).catch(() => undefined)
}
