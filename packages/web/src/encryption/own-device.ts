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

/** Has the device open until it is to be let go; called by who has the lock. */
async function hold(name: string, until: AbortSignal): Promise<void> {
  ownDevice.value = { is: 'opening' }
  const { openDeviceAt } = await import('./open-device.ts')
  using device = await insist(() => openDeviceAt(name), until)
  if (!until.aborted) ownDevice.value = { is: 'open', device }
  await abortion(until)
}

/** What this page asks others for the device by, and what ends its own waiting or having. */
type Stay = { name: string; leaving: AbortSignal; channel: BroadcastChannel }

/** Waits for the device and has it, until somebody leaves or another page asks for it: that one is before this one then. */
async function takeTurn({ name, leaving, channel }: Stay): Promise<void> {
  const asked = new AbortController()
  channel.onmessage = () => asked.abort()
  const until = AbortSignal.any([leaving, asked.signal])
  if (await isHeld(name)) ownDevice.value = { is: 'elsewhere' }
  try {
    await navigator.locks.request(name, { signal: until }, () => hold(name, until))
  } catch (error) {
    if (!asked.signal.aborted) throw error
  }
  if (!leaving.aborted) ownDevice.value = { is: 'elsewhere' }
}

async function run(stay: Stay): Promise<void> {
  const { leaving, channel } = stay
  ownDevice.value = { is: 'opening' }
  try {
    while (!leaving.aborted) await takeTurn(stay)
  } catch (error) {
    if (!leaving.aborted) ownDevice.value = { is: 'failed', error }
  } finally {
    channel.close()
  }
}

let leaving: AbortController | undefined
let channel: BroadcastChannel | undefined

/** Has this browser become a device, unless it is one; once that has failed, it is tried again. */
export function needDevice(): void {
  const { is } = ownDevice.peek()
  if (client.userId === undefined || (is !== 'unneeded' && is !== 'failed')) return
  const name = nameOfOwn()
  leaving = new AbortController()
  channel = new BroadcastChannel(name)
  void run({ name, leaving: leaving.signal, channel })
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

/** Asks the page that has the device to let go of it, and those that wait for it to let this one go before them. */
export function takeDevice(): void {
  channel?.postMessage('hand over')
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
