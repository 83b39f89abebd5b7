import { createHmac, timingSafeEqual } from 'node:crypto'
import { readUuid, toUuidBytes, uuidBytes } from '../uuid-bytes.ts'

const generationBytes = 4
const macBytes = 32
const tokenBytes = uuidBytes + generationBytes + macBytes

/** A refresh token as it was presented: whose it says it is, which of the row it says it is, and its proof. */
export type PresentedToken = { sessionId: string; generation: number; mac: Buffer }

export type RefreshTokens = {
  /** The token of one generation: the same bytes each time, so nothing that could be stolen is stored. */
  create: (session: { sessionId: string; generation: number; salt: Buffer }) => string
  isGenuine: (presented: PresentedToken, salt: Buffer) => boolean
}

function toBytes({ sessionId, generation }: { sessionId: string; generation: number }): Buffer {
  const generationPart = Buffer.alloc(generationBytes)
  generationPart.writeUInt32BE(generation)
  return Buffer.concat([toUuidBytes(sessionId), generationPart])
}

/** Takes a token apart; undefined when it is not of our making at all. */
export function readRefreshToken(text: string): PresentedToken | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== tokenBytes || bytes.toString('base64url') !== text) return undefined
  return {
    sessionId: readUuid(bytes.subarray(0, uuidBytes)),
    generation: bytes.readUInt32BE(uuidBytes),
    mac: bytes.subarray(uuidBytes + generationBytes),
  }
}

/** Makes and checks refresh tokens: base64url(session id, generation, HMAC over both and the session's salt). */
export function createRefreshTokens(key: string): RefreshTokens {
  const mac = (bytes: Buffer, salt: Buffer) => createHmac('sha256', key).update(bytes).update(salt).digest()
  return {
    create({ salt, ...session }) {
      const bytes = toBytes(session)
      return Buffer.concat([bytes, mac(bytes, salt)]).toString('base64url')
    },
    isGenuine(presented, salt) {
      return timingSafeEqual(presented.mac, mac(toBytes(presented), salt))
    },
  }
}
