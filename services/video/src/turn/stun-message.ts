import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { TurnCredentials } from './credentials.ts'
import { maskAddress } from './stun-address.ts'

/** The requests of RFC 8656 that it takes to use a relay. */
export const methods = { allocate: 0x003, refresh: 0x004, createPermission: 0x008 } as const
export type Method = keyof typeof methods

const attributeTypes = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  lifetime: 0x000d,
  peerAddress: 0x0012,
  realm: 0x0014,
  nonce: 0x0015,
  relayedAddress: 0x0016,
  requestedFamily: 0x0017,
  requestedTransport: 0x0019,
} as const
export type Attribute = keyof typeof attributeTypes
export type Attributes = readonly (readonly [Attribute, Buffer])[]

/** What a relay wants to see a request signed with; it tells so with its first refusal. */
export type Challenge = { realm: Buffer; nonce: Buffer }
export type Signer = TurnCredentials & Challenge

export type Request = { bytes: Buffer; transactionId: string }
export type Answer = {
  transactionId: string
  isSuccess: boolean
  find(name: Attribute): Buffer | undefined
  /** By which addresses in it are hidden. */
  mask: Buffer
}

const headerBytes = 20
const magicCookie = Buffer.from('2112a442', 'hex')
const [successBits, errorBits] = [0x100, 0x110]
/** An HMAC-SHA1 with its own head. */
const integrityBytes = 24

function encodeAttribute([name, value]: Attributes[number]): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(attributeTypes[name], 0)
  head.writeUInt16BE(value.length, 2)
  return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)])
}

function encodeHead(method: Method, length: number, transactionId: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(methods[method], 0)
  head.writeUInt16BE(length, 2)
  return Buffer.concat([head, magicCookie, transactionId])
}

/** Writes a request, signed once the relay has told what with. */
export function encodeRequest(method: Method, attributes: Attributes, signer?: Signer): Request {
  const id = randomBytes(12)
  const transactionId = id.toString('hex')
  const mask = Buffer.concat([magicCookie, id])
  const own = attributes.map(([name, value]): Attributes[number] => [
    name,
    name === 'peerAddress' ? maskAddress(value, mask) : value,
  ])
  if (!signer) {
    const body = Buffer.concat(own.map(encodeAttribute))
    return { bytes: Buffer.concat([encodeHead(method, body.length, id), body]), transactionId }
  }
  const { username, credential, realm, nonce } = signer
  const signature: Attributes = [
    ['username', Buffer.from(username)],
    ['realm', realm],
    ['nonce', nonce],
  ]
  const body = Buffer.concat([...own, ...signature].map(encodeAttribute))
  // The signature covers a head that already counts it.
  const signed = Buffer.concat([encodeHead(method, body.length + integrityBytes, id), body])
  const key = createHash('md5').update(`${username}:${realm}:${credential}`).digest()
  const hmac = createHmac('sha1', key).update(signed).digest()
  return { bytes: Buffer.concat([signed, encodeAttribute(['messageIntegrity', hmac])]), transactionId }
}

/** How long the message is that begins here, once its head has come. */
export function findLength(bytes: Buffer): number | undefined {
  return bytes.length < headerBytes ? undefined : headerBytes + bytes.readUInt16BE(2)
}

/** Reads the answer to a request; undefined for anything else that may come. */
export function decodeAnswer(bytes: Buffer): Answer | undefined {
  if (findLength(bytes) !== bytes.length || !bytes.subarray(4, 8).equals(magicCookie)) return undefined
  const classBits = bytes.readUInt16BE(0) & errorBits
  if (classBits !== successBits && classBits !== errorBits) return undefined
  const values = new Map<number, Buffer>()
  for (let at = headerBytes; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2)
    values.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length + (-length & 3)
  }
  return {
    transactionId: bytes.toString('hex', 8, headerBytes),
    isSuccess: classBits === successBits,
    find: (name) => values.get(attributeTypes[name]),
    mask: bytes.subarray(4, headerBytes),
  }
}

/** `401 Unauthorized`, as a refusal says it. */
export function describeRefusal(answer: Answer): { code: number; text: string } {
  const value = answer.find('errorCode')
  if (!value || value.length < 4) return { code: 0, text: 'without a reason' }
  const code = (value.readUInt8(2) & 7) * 100 + value.readUInt8(3)
  return { code, text: `${code} ${value.toString('utf8', 4)}`.trim() }
}
