/** A word of a text, or one character of a script that puts no spaces between words. */
export type Word = {
  /** As the search compares it. */
  term: string
  /** Where it stands, in UTF-16 code units. */
  start: number
  end: number
  /** Whether it is a character by itself. */
  isCharacter: boolean
  /** Whether it is one that directly follows another. */
  isJoined: boolean
}

/** Longer ones are found by their beginnings. */
const longestTerm = 64

const unspaced =
  String.raw`[[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}]&&[\p{L}\p{N}]]` +
  String.raw`|\p{Extended_Pictographic}`
const words = new RegExp(String.raw`(?<character>(?:${unspaced})\p{M}*)|(?:(?!${unspaced})[\p{L}\p{N}\p{M}])+`, 'gv')

/** The accents of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic; in other scripts marks tell words apart. */
const accents = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/g
const neitherLetterNorSign = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/gu
const plain = /^[A-Za-z\d]*$/

/** A word without case and accents; empty where nothing is left. */
function fold(word: string): string {
  if (plain.test(word)) return word.toUpperCase().slice(0, longestTerm)
  const bare = word.normalize('NFKD').replace(accents, '').normalize('NFC')
  // By way of small letters, because there is a capital one that has no other capital form, as ẞ.
  const folded = bare.toLowerCase().toUpperCase().replace(neitherLetterNorSign, '')
  return [...folded].slice(0, longestTerm).join('')
}

/** The words of a text, in order. */
export function splitWords(text: string): Word[] {
  const found: Word[] = []
  for (const { 0: word, index: start, groups } of text.matchAll(words)) {
    const term = fold(word)
    if (term === '') continue
    const isCharacter = groups?.character !== undefined
    const before = found.at(-1)
    const isJoined = isCharacter && before?.isCharacter === true && before.end === start
    found.push({ term, start, end: start + word.length, isCharacter, isJoined })
  }
  return found
}

/**
 * What a text is found by: its words, and where there are none, every two neighbouring characters and the last one by
 * itself; so each character is the beginning of a term.
 */
export function listTerms(text: string, mostTerms: number): string[] {
  const terms = new Set<string>()
  const all = splitWords(text)
  for (const [index, { term }] of all.entries()) {
    const next = all[index + 1]
    terms.add(next?.isJoined ? term + next.term : term)
    if (terms.size === mostTerms) break
  }
  return [...terms]
}
