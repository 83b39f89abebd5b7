/** The first and the last byte that are asked for. */
export type ByteRange = { start: number; end: number }

const oneRange = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/

/**
 * Reads a Range header for so many bytes: undefined where all of them are to be given, as for a header that names
 * several ranges or makes no sense, and `none` where there is no such part.
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const match = oneRange.exec(header ?? '')
  if (!match) return undefined
  const [, first, last = '', suffix] = match
  const start = first === undefined ? Math.max(0, size - Number(suffix)) : Number(first)
  const end = first === undefined || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== undefined && last !== '' && Number(last) < Number(first)) return undefined
  return start >= size || start > end ? 'none' : { start, end }
}
