import { limits } from '@secureconnect/protocol'

/** The router refuses longer ones in words of its own. */
const maxSegmentCharacters = 128

/** Bytes that no target of ours holds, plain or (a zero byte) encoded. */
const foreign = /[^!-~]|[\\;#]|%00/

/** What servers read in different ways: empty and dot segments, encoded separators, dots, percent signs, controls. */
const foreignInPath = /\/\/|\/\.{1,2}(?:\/|$)|%(?:2[5ef]|5c|7f|[01][\da-f])/i

const longSegment = new RegExp(`[^/]{${maxSegmentCharacters + 1}}`)

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch (error) {
    if (error instanceof URIError) return false
    throw error
  }
}

/** The path of a target, without its query. */
export function pathOf(target: string): string {
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}

/** The query of a target in its one canonical form, with its `?`; empty when there is none. */
export function queryOf(target: string): string {
  const start = target.indexOf('?')
  if (start === -1) return ''
  const query = new URLSearchParams(target.slice(start + 1)).toString()
  return query === '' ? '' : `?${query}`
}

/** Whether a request target, as it was received, can be read in one way only. */
export function isCleanTarget(target: string): boolean {
  if (target.length > limits.urlBytes || !target.startsWith('/') || foreign.test(target)) return false
  const path = pathOf(target)
  return !foreignInPath.test(path) && !longSegment.test(path) && isDecodable(path)
}
