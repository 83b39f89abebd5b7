import type { Bytes, CipherKey } from '../bytes.ts'

const generationBytes = 4
const rawBytes = 32

/** A key of one who publishes, and which of his keys it is; for each who comes or leaves he makes another. */
export type SenderKey = { generation: number; raw: Bytes }

export function createSenderKey(generation: number): SenderKey {
  return { generation, raw: crypto.getRandomValues(new Uint8Array(rawBytes)) }
}

/** As it goes to the others, inside a message of the group. */
export function writeSenderKey({ generation, raw }: SenderKey): Bytes {
  const bytes = new Uint8Array(generationBytes + rawBytes)
  new DataView(bytes.buffer).setUint32(0, generation)
  bytes.set(raw, generationBytes)
  return bytes
}

export function readSenderKey(bytes: Uint8Array): SenderKey {
  if (bytes.length !== generationBytes + rawBytes) throw new Error('This is no key of a sender.')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { generation: view.getUint32(0), raw: new Uint8Array(bytes.subarray(generationBytes)) }
}

/** The key as frames are sealed and opened with it; nobody reads it out of there. */
export function importSenderKey({ raw }: SenderKey): Promise<CipherKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
}
