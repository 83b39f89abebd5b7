import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveKey } from '@secureconnect/tokens'
import { BackupFault } from '../fault.ts'

/** Which piece of which sealed stream; `name` is nowhere used a second time. */
export type Place = { name: string; number: number }

const algorithm = 'aes-256-gcm'
const format = 1
const nonceBytes = 12
const tagBytes = 16
const headBytes = 2 + nonceBytes

/** What a piece is held to besides its own bytes: its place, and whether it is the last. */
const describe = ({ name, number }: Place, head: Buffer) =>
  Buffer.concat([head.subarray(0, 2), Buffer.from(`${name} ${number}`)])

const keyOf = (secret: string, { name }: Place) => deriveKey(secret, `backup ${name}`)

/** Seals a piece: format, whether it is the last, nonce, ciphertext, tag. */
export function sealPiece(secret: string, { isLast, ...place }: Place & { isLast: boolean }, bytes: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes)
  const head = Buffer.concat([Buffer.of(format, isLast ? 1 : 0), nonce])
  const cipher = createCipheriv(algorithm, keyOf(secret, place), nonce).setAAD(describe(place, head))
  return Buffer.concat([head, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** Opens a piece that was sealed for this very place. */
export function openPiece(secret: string, place: Place, sealed: Buffer): { bytes: Buffer; isLast: boolean } {
  const [head, tag] = [sealed.subarray(0, headBytes), sealed.subarray(-tagBytes)]
  try {
    if (head[0] !== format || sealed.length < headBytes + tagBytes) throw new Error('no sealed piece')
    const decipher = createDecipheriv(algorithm, keyOf(secret, place), head.subarray(2))
    decipher.setAAD(describe(place, head)).setAuthTag(tag)
    const bytes = decipher.update(sealed.subarray(headBytes, -tagBytes))
    return { bytes: Buffer.concat([bytes, decipher.final()]), isLast: head[1] === 1 }
  } catch (error) {
    throw new BackupFault(
      `Piece ${place.number} of ${place.name} cannot be opened: it was changed, or sealed with another backup key. ` +
        'Use another set, or the key that was in use then.',
      { cause: error },
    )
  }
}
