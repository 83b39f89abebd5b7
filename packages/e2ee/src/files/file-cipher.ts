import { type Bytes, base64ToBytes, bytesToBase64, concatBytes } from '../bytes.ts'

/** What opens a file, and nothing but that file: it goes inside the message that shows it. */
export type FileKey = {
  /** 32 random bytes as base64, for one file ever. */
  key: string
  /** Of all sealed bytes, as base64: whoever else knows the key, a reader of the message, cannot put another file there. */
  digest: string
}

export const chunkBytes = 64 * 1024
export const sealedChunkBytes = chunkBytes + 16

const keyBytes = 32
const nonceBytes = 12
const lastFlagAt = nonceBytes - 1

/** Each chunk has a place, and the last one says that it is that: none can be left out, moved or cut off. */
function nonceOf(place: number, isLast: boolean): Bytes {
  const nonce = new Uint8Array(nonceBytes)
  new DataView(nonce.buffer).setUint32(lastFlagAt - 4, place)
  nonce[lastFlagAt] = isLast ? 1 : 0
  return nonce
}

const hash = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** Digests chunks as they come: the digest of their digests. */
function createDigest() {
  const digests: Bytes[] = []
  return {
    add: async (chunk: Bytes) => void digests.push(await hash(chunk)),
    finish: async () => bytesToBase64(await hash(concatBytes(digests))),
  }
}

/** Seals or opens chunks one after the other, each at its place. */
export async function createFileCipher(rawKey: Bytes) {
  const key = await crypto.subtle.importKey('raw', rawKey, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const digest = createDigest()
  let place = 0
  const next = (isLast: boolean) => ({ name: 'AES-GCM', iv: nonceOf(place++, isLast) })
  return {
    async seal(chunk: Bytes, isLast: boolean): Promise<Bytes> {
      const sealed = new Uint8Array(await crypto.subtle.encrypt(next(isLast), key, chunk))
      await digest.add(sealed)
      return sealed
    },
    async open(sealed: Bytes, isLast: boolean): Promise<Bytes> {
      await digest.add(sealed)
      return new Uint8Array(await crypto.subtle.decrypt(next(isLast), key, sealed))
    },
    finish: digest.finish,
  }
}

export const newKey = (): Bytes => crypto.getRandomValues(new Uint8Array(keyBytes))
export const readKey = (key: string): Bytes => new Uint8Array(base64ToBytes(key))
