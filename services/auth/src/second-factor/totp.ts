import { createHmac, randomBytes } from 'node:crypto'

/** What every authenticator app assumes (RFC 6238): SHA-1, six digits, a new code every 30 seconds. */
const stepMs = 30_000
const digits = 6
const secretBytes = 20
/** Clocks differ: the codes of one step before and one after count too. */
const stepsAround = 1

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function generateTotpSecret(): Buffer {
  return randomBytes(secretBytes)
}

/** RFC 4648 base 32 without padding, as apps take secrets. */
export function toBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => base32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** What an app reads from a QR code. */
export function toOtpauthUri(secret: Buffer, account: string): string {
  const issuer = 'SecureConnect'
  const parameters = new URLSearchParams({ secret: toBase32(secret), issuer })
  return `otpauth://totp/${issuer}:${encodeURIComponent(account)}?${parameters}`
}

/** The code of one time step: RFC 4226's truncation of an HMAC over its number. */
export function createTotpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0xf
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

export function toTotpStep(time: Date): number {
  return Math.floor(time.getTime() / stepMs)
}

/** The time step that a code is for, if it is one near the given time; the newest where several have it. */
export function findTotpStep(secret: Buffer, code: string, time: Date): number | undefined {
  const now = toTotpStep(time)
  const steps = Array.from({ length: 2 * stepsAround + 1 }, (_, index) => now + stepsAround - index)
  return steps.find((step) => createTotpCode(secret, step) === code)
}
