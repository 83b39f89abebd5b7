import { createHmac, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '@secureconnect/tokens'
import type { MailPurpose, MailTokenRow } from '../stores/mail-tokens.ts'
import { readUuid, toUuidBytes, uuidBytes } from '../uuid-bytes.ts'

const macBytes = 32
const tokenBytes = uuidBytes + macBytes

/** A token as somebody presented it: the row it says it is of, and its proof. */
export type PresentedMailToken = { tokenId: string; mac: Buffer }

type TokenRow = Pick<MailTokenRow, 'token_id' | 'purpose' | 'salt'>

export type MailTokens = {
  /** The token of a row: the same bytes each time, so it needs to be kept nowhere. */
  create: (row: TokenRow) => string
  isGenuine: (presented: PresentedMailToken, row: TokenRow) => boolean
  /** What requests for mails to an address are counted under; it does not tell the address. */
  hashAddress: (purpose: MailPurpose, email: string) => string
}

/** Takes a token apart; undefined when it is not of our making at all. */
export function readMailToken(text: string): PresentedMailToken | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== tokenBytes || bytes.toString('base64url') !== text) return undefined
  return { tokenId: readUuid(bytes.subarray(0, uuidBytes)), mac: bytes.subarray(uuidBytes) }
}

/** Makes and checks the tokens of mailed links: base64url(id, HMAC over purpose, id and the row's salt). */
export function createMailTokens(refreshKey: string): MailTokens {
  const tokenKey = deriveKey(refreshKey, 'mail token')
  const addressKey = deriveKey(refreshKey, 'mail address')
  const toMac = ({ purpose, token_id: tokenId, salt }: TokenRow) =>
    createHmac('sha256', tokenKey).update(`${purpose} ${tokenId} `).update(salt).digest()
  return {
    create: (row) => Buffer.concat([toUuidBytes(row.token_id), toMac(row)]).toString('base64url'),
    isGenuine: ({ mac }, row) => timingSafeEqual(mac, toMac(row)),
    hashAddress: (purpose, email) =>
      createHmac('sha256', addressKey).update(`${purpose} ${email.toLowerCase()}`).digest('base64url'),
  }
}
