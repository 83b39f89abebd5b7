import { signal } from '@preact/signals'

/** What is looked at in full size, among what else may be looked at around it. */
export type Viewing = { fileIds: readonly string[]; at: number }

export const viewing = signal<Viewing | undefined>(undefined)

/** Opens the file that a button stands for; the others of the conversation that are on the page are one key away. */
export function openViewer(button: HTMLElement): void {
  const buttons = [...(button.closest('[role=log]') ?? document).querySelectorAll<HTMLElement>('[data-file]')]
  const fileIds = buttons.map(({ dataset }) => dataset.file ?? '')
  viewing.value = { fileIds, at: buttons.indexOf(button) }
}

/** Goes on to the next one or back; at an end it stays. */
export function step(by: number): void {
  if (!viewing.value) return
  const { fileIds, at } = viewing.value
  viewing.value = { fileIds, at: Math.min(fileIds.length - 1, Math.max(0, at + by)) }
}

export function closeViewer(): void {
  viewing.value = undefined
}
