import { en, type Words } from './en.ts'

/** A language is one file beside `en.ts`. */
const languages: Readonly<Record<string, Words>> = { en }

function choose(wanted: readonly string[]): string {
  const known = wanted.map((tag) => tag.split('-', 1)[0] ?? '').find((tag) => tag in languages)
  return known ?? 'en'
}

export const language = choose(navigator.languages)
export const words: Words = languages[language] ?? en
