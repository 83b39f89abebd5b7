import { splitWords, type Word } from './words.ts'

/** Words that have to follow one another, as a phrase's do. */
type Sequence = { words: readonly Word[]; isPrefix: boolean }

/** What somebody searches for: each sequence has to be there, wherever. */
export type Sought = readonly Sequence[]

/** A part of a text that was found, in UTF-16 code units. */
export type Span = { start: number; end: number }

/** A text in quotes, or what stands between two of them. */
const parts = /"([^"]*)"|[^"]+/g

/** Characters that follow one another belong together; every other word is alone. */
function toSequences(words: readonly Word[]): Word[][] {
  const sequences: Word[][] = []
  for (const word of words) {
    const last = sequences.at(-1)
    if (word.isJoined && last) last.push(word)
    else sequences.push([word])
  }
  return sequences
}

/** Reads what somebody typed: words, phrases in quotes, and a last word that he may not have finished. */
export function parseSought(text: string): Sought {
  return [...text.matchAll(parts)].flatMap(({ 0: part, 1: phrase, index }) => {
    const isLast = index + part.length === text.length
    const found = splitWords(phrase ?? part)
    if (phrase !== undefined) return found.length > 0 ? [{ words: found, isPrefix: false }] : []
    const sequences = toSequences(found)
    const isUnfinished = (place: number) => isLast && place === sequences.length - 1
    return sequences.map((words, place) => ({ words, isPrefix: isUnfinished(place) }))
  })
}

/** A term that has to be in the index; `isPrefix` where one that begins with it will do. */
export type SoughtTerm = { term: string; isPrefix: boolean }

function toTerms({ words, isPrefix }: Sequence): SoughtTerm[] {
  return words.flatMap((word, place) => {
    const next = words[place + 1]
    if (next?.isJoined) return [{ term: word.term + next.term, isPrefix: false }]
    // The first of two characters has its term with the second; one alone is the beginning of some term.
    if (word.isCharacter) return word.isJoined ? [] : [{ term: word.term, isPrefix: true }]
    return [{ term: word.term, isPrefix: isPrefix && place === words.length - 1 }]
  })
}

/** The terms without which no text holds what is sought. */
export function listSoughtTerms(sought: Sought): SoughtTerm[] {
  return sought.flatMap(toTerms)
}

function fits(word: Word | undefined, sought: Word, isPrefix: boolean): boolean {
  if (word === undefined || (sought.isJoined && !word.isJoined)) return false
  return isPrefix ? word.term.startsWith(sought.term) : word.term === sought.term
}

function findSpans(words: readonly Word[], { words: sequence, isPrefix }: Sequence): Span[] {
  const last = sequence.length - 1
  return words.flatMap(({ start }, place) => {
    const isHere = sequence.every((one, offset) => fits(words[place + offset], one, isPrefix && offset === last))
    return isHere ? [{ start, end: words[place + last]?.end ?? start }] : []
  })
}

/** Where a text holds what is sought, in order; nothing where some of that is missing. */
export function findSought(text: string, sought: Sought): Span[] | undefined {
  const words = splitWords(text)
  const spans = sought.map((sequence) => findSpans(words, sequence))
  if (spans.some((ofOne) => ofOne.length === 0)) return undefined
  return joinSpans(spans.flat().sort((a, b) => a.start - b.start || a.end - b.end))
}

function joinSpans(sorted: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of sorted) {
    const last = joined.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else joined.push({ ...span })
  }
  return joined
}
