import { effect, signal } from '@preact/signals'
import { tell } from '../controls/toasts.ts'
import { words } from '../words/index.ts'
import { openDevice } from './own-device.ts'

const doubtful = signal<ReadonlySet<string>>(new Set())

/** Whether something did not add up with the keys of a conversation. */
export const isDoubtful = (conversationId: string): boolean => doubtful.value.has(conversationId)

/** Gives up the keys of a conversation that do not add up, and comes in anew. */
export async function rejoin(conversationId: string): Promise<void> {
  await openDevice.peek()?.encryption.rejoin(conversationId)
  doubtful.value = new Set([...doubtful.value].filter((id) => id !== conversationId))
}

/** Has it told for as long as this device is open; what is wrong with one message is shown in its place. */
export function watchDoubts(): () => void {
  return effect(() =>
    openDevice.value?.encryption.on('fault', ({ conversationId, what }) => {
      if (what === 'message') return
      if (conversationId === undefined) tell(words.encryption.keyRefused)
      else doubtful.value = new Set([...doubtful.value, conversationId])
    }),
  )
}

export function forgetDoubts(): void {
  doubtful.value = new Set()
}
