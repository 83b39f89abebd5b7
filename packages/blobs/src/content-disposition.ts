import { percentEncode } from './percent-encode.ts'

const mostCharacters = 150
const fallbackName = 'file'

/** Control characters, what separates folders, and what turns the direction of writing to make `gpj.exe` look like a photo. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}/\\\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** Keeps the ending of a long name, by which programs are chosen. */
function shorten(name: string): string {
  const characters = [...name]
  if (characters.length <= mostCharacters) return name
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? ''
  return `${characters.slice(0, mostCharacters - ending.length).join('')}${ending}`
}

/** A name that no system takes for a path, a hidden file or nothing at all. */
function makeSafe(name: string): string {
  const safe = name
    .toWellFormed()
    .replace(unsafe, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  return safe === '' ? fallbackName : shorten(safe)
}

/** The header that gives bytes a name, whatever somebody named them: RFC 6266, in ASCII for those who know no better. */
export function contentDisposition(disposition: 'inline' | 'attachment', fileName: string): string {
  const name = makeSafe(fileName)
  const plain = name.replace(/[^ -~]|["%;]/gu, '_')
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${percentEncode(name)}`
}
