import { en, type Words } from './en.ts'

/** A language is one file beside `en.ts`. */
const languages: Readonly<Record<string, Words>> = { en }
export const languageNames = Object.keys(languages)

const key = 'language'

function choose(wanted: readonly string[]): string {
  const known = wanted.map((tag) => tag.split('-', 1)[0] ?? '').find((tag) => tag in languages)
  return known ?? 'en'
}

/** The one that was chosen on this device, else the first known one of those that the browser names. */
export const language = choose([localStorage.getItem(key) ?? '', ...navigator.languages])
export const words: Words = languages[language] ?? en

/** Words stand in many places that are drawn once, so the page begins anew; what was written is kept. */
export function chooseLanguage(name: string): void {
  localStorage.setItem(key, name)
  location.reload()
}
