import { effect, signal } from '@preact/signals'
import type { KnownPerson } from '@secureconnect/sdk/encryption'
import type { OpenDevice } from './open-device.ts'
import { openDevice } from './own-device.ts'

/** What changed with somebody's devices, and when this device noticed. */
export type DeviceNews = NonNullable<KnownPerson['change']> & { userId: string; at: string }

const mostNews = 20
const newsPrefix = 'device-news:'
const people = signal<ReadonlyMap<string, KnownPerson>>(new Map())
const news = signal<ReadonlyMap<string, readonly DeviceNews[]>>(new Map())

/** What is known of somebody's devices; undefined before anybody has looked. */
export const knownPerson = (userId: string): KnownPerson | undefined => people.value.get(userId)

/** What ever changed with the devices of some people since they are known here, oldest first. */
export function newsOf(userIds: readonly string[]): readonly DeviceNews[] {
  return userIds
    .flatMap((userId) => news.value.get(userId) ?? [])
    .toSorted((one, other) => one.at.localeCompare(other.at))
}

const toText = (change: KnownPerson['change']) =>
  JSON.stringify(
    [change?.added, change?.removed, change?.replaced].map((devices) => devices?.map((one) => one.deviceId)),
  )

/** Keeps what is new of somebody, to be told where it happened. */
function note({ vault }: OpenDevice, { userId, change }: KnownPerson): void {
  const before = news.peek().get(userId) ?? []
  if (!change || toText(before.at(-1)) === toText(change)) return
  const next = [...before, { ...change, userId, at: new Date().toISOString() }].slice(-mostNews)
  news.value = new Map(news.peek()).set(userId, next)
  // Where it cannot be kept, it is told as long as the page is there.
  const entry = [newsPrefix + userId, new TextEncoder().encode(JSON.stringify(next))] as const
  void vault.write(new Map([entry])).catch(() => undefined)
}

async function restoreNews({ vault }: OpenDevice): Promise<void> {
  const keys = await vault.list(newsPrefix)
  const found = keys.map(async (key) => {
    const listed: DeviceNews[] = JSON.parse(new TextDecoder().decode(await vault.read(key)))
    return [key.slice(newsPrefix.length), listed] as const
  })
  const kept = await Promise.all(found)
  news.value = new Map([...kept, ...news.peek()])
}

/** Has changes of people's devices noticed for as long as this device is open. */
export function watchPeople(): () => void {
  return effect(() => {
    const device = openDevice.value
    if (!device) return undefined
    const { known, device: own } = device.encryption
    // What was noted before comes first: it would be lost to what is noted now.
    const restored = restoreNews(device).catch(() => undefined)
    const stop = known.on('person', (person) => {
      people.value = new Map(people.peek()).set(person.userId, person)
      void restored.then(() => openDevice.peek() === device && note(device, person))
    })
    known.look(own.userId).catch(() => undefined)
    return stop
  })
}

export function forgetPeople(): void {
  people.value = new Map()
  news.value = new Map()
}
