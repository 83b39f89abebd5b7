import { signal } from '@preact/signals'

const shownMs = 8_000

export type Toast = { text: string }

export const toasts = signal<readonly Toast[]>([])

export function dismiss(toast: Toast): void {
  toasts.value = toasts.value.filter((one) => one !== toast)
}

/** Tells in a word what came of something that has no place of its own on the page. */
export function tell(text: string): void {
  const toast = { text }
  toasts.value = [...toasts.value.filter((one) => one.text !== text), toast]
  setTimeout(() => dismiss(toast), shownMs)
}
