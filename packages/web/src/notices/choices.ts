import { signal } from '@preact/signals'
import { createBrowserStorage } from '@secureconnect/sdk'

/** Of this browser, whoever uses it: nothing is shown or heard before somebody asked for it here. */
export type Choices = { isShown: boolean; isHeard: boolean }

const storage = createBrowserStorage()
const key = 'notices'

export const choices = signal<Choices>({ isShown: false, isHeard: false })

export async function readChoices(): Promise<void> {
  const text = (await storage.list(key)).get(key)
  if (text !== undefined) choices.value = { ...choices.value, ...JSON.parse(text) }
}

export async function choose(chosen: Partial<Choices>): Promise<void> {
  choices.value = { ...choices.value, ...chosen }
  await storage.write(key, JSON.stringify(choices.value))
}
