import { effect, type Signal, signal } from '@preact/signals'
import type { Message } from '@secureconnect/sdk'
import type { Words } from '../words/en.ts'
import { openDevice, ownDevice } from './own-device.ts'
import type { Reading } from './read-message.ts'

/** So many are at hand at once; what was read before comes back from the vault. */
const most = 2_000

type Known = { message: Message; reading: Signal<Reading> }

/** By message and ciphertext, each drawn again by itself once it is open. */
const known = new Map<string, Known>()

/** Its end tells a ciphertext from any other. */
const keyOf = ({ message_id, content }: Message) => `${message_id} ${content?.slice(-64)}`

function open({ message, reading }: Known): void {
  const device = openDevice.peek()
  if (!device) return
  // Where the device was closed meanwhile, the next one opens it.
  device.read(message).then(
    (found) => (reading.value = found),
    () => undefined,
  )
}

/** What an encrypted message says, as far as that is known by now. */
export function readingOf(message: Message): Reading {
  const key = keyOf(message)
  const found = known.get(key)
  if (found) return found.reading.value
  const begun: Known = { message, reading: signal<Reading>({ is: 'opening' }) }
  known.set(key, begun)
  const [oldest] = known.keys()
  if (known.size > most && oldest !== undefined) known.delete(oldest)
  open(begun)
  return begun.reading.value
}

/** What it says once it was opened, or could not be. */
export function readingWhenOpen(message: Message): Promise<Reading> {
  return new Promise((resolve) => {
    readingOf(message)
    const stop = known.get(keyOf(message))?.reading.subscribe((now) => {
      if (now.is === 'opening') return
      resolve(now)
      queueMicrotask(() => stop?.())
    })
  })
}

const soonMs = 3_000

/** Whether an encrypted message can be read here, within a moment. */
export async function isOpenSoon(message: Message): Promise<boolean> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, soonMs, undefined))
  const reading = await Promise.race([readingWhenOpen(message), late])
  return reading?.is === 'open'
}

/** Why nothing is shown of an encrypted message; undefined where it is open. */
export function closedBecause(message: Message): keyof Words['encryption']['readings'] | undefined {
  const { is } = readingOf(message)
  if (is === 'open') return undefined
  const { is: device } = ownDevice.value
  return is === 'opening' && (device === 'elsewhere' || device === 'failed') ? device : is
}

/** An encrypted message as its readers have it; any other as it is. */
export function shownOf(message: Message): Message {
  if (!message.is_encrypted || message.content === null) return message
  const reading = readingOf(message)
  return reading.is === 'open' ? { ...message, content: reading.content, metadata: reading.metadata } : message
}

const isMissing = ({ is }: Reading) => is === 'unreadable' || is === 'missed'

/** Tries again what could not be read, in one conversation or in all: there are other keys now, or texts from elsewhere. */
export function readAgain(conversationId?: string): void {
  for (const one of known.values()) {
    const isMeant = conversationId === undefined || one.message.conversation_id === conversationId
    if (isMeant && isMissing(one.reading.peek())) open(one)
  }
}

effect(() => {
  const device = openDevice.value
  if (!device) return undefined
  for (const one of known.values()) if (one.reading.peek().is === 'opening') open(one)
  return device.encryption.on('changed', ({ conversationId }) => readAgain(conversationId))
})

export function forgetReadings(): void {
  known.clear()
}
