import { effect, signal } from '@preact/signals'

export const themes = ['system', 'light', 'dark'] as const
export const textSizes = ['small', 'usual', 'large', 'huge'] as const

/** How the client looks on this device. */
export type Appearance = { theme: (typeof themes)[number]; textSize: (typeof textSizes)[number] }

const key = 'appearance'

function read(): Appearance {
  const kept = Object.fromEntries(new URLSearchParams(localStorage.getItem(key) ?? ''))
  return {
    theme: themes.find((theme) => theme === kept.theme) ?? 'system',
    textSize: textSizes.find((size) => size === kept.textSize) ?? 'usual',
  }
}

export const appearance = signal(read())

export function changeAppearance(change: Partial<Appearance>): void {
  appearance.value = { ...appearance.value, ...change }
  localStorage.setItem(key, new URLSearchParams(appearance.value).toString())
}

// Other windows of this device look the same.
addEventListener('storage', (event) => {
  if (event.key === key) appearance.value = read()
})

/** Has the document look so; the style sheets know the rest. */
export function keepAppearance(): void {
  effect(() => {
    Object.assign(document.documentElement.dataset, appearance.value)
  })
}
