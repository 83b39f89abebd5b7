import { createHmac } from 'node:crypto'
import decodeQr from 'qr/decode.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const stepMs = 30_000
/** Of the picture that a scanner sees, for each module of a code. */
const pixels = 4

/** What the code says that is drawn by such a path, as a camera reads it. */
export function scan(path: string, side: number): string {
  const width = side * pixels
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)/g)) {
    for (let row = 0; row < pixels; row++) {
      const from = ((Number(y) * pixels + row) * width + Number(x) * pixels) * 4
      for (let at = from; at < from + pixels * 4; at++) data[at] = at % 4 === 3 ? 255 : 0
    }
  }
  return decodeQr({ width, height: width, data })
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** The six digits that an app shows now which scanned this (RFC 6238). */
export function codeOf(otpauthUri: string): string {
  const secret = fromBase32(new URL(otpauthUri).searchParams.get('secret') ?? '')
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / stepMs)))
  const hash = createHmac('sha1', secret).update(step).digest()
  const offset = (hash.at(-1) ?? 0) & 15
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
