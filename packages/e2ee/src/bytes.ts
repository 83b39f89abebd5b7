export { base64ToBytes, bytesToBase64 } from 'ts-mls/util/byteArray.js'

/** Bytes as WebCrypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>

export function concatBytes(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text))

/** A key inside WebCrypto, by the one name that browsers and Node both have for its type. */
export type CipherKey = (typeof CryptoKey)['prototype']
