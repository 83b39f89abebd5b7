import { deflateRawSync } from 'node:zlib'
import { type CloseReason, limits } from '@secureconnect/protocol'
import { frameBytes, opcodes } from './raw-socket.ts'

const { continuation, text, binary, close, ping } = opcodes
const ask = JSON.stringify({ type: 'pong' })
const badUtf8 = Buffer.from([0x22, 0xc3, 0x28, 0x22])
const half = Buffer.from('"€').subarray(0, 2)
const part = (payload: string | Buffer, opcode: number, isLast = false) => frameBytes(payload, { opcode, isLast })
const tooLong = 'x'.repeat(limits.frameBytes + 1)

/** Bytes that are no frames of a client, and how they end its socket. */
export const brokenFrames: Readonly<Record<string, readonly [CloseReason, ...Buffer[]]>> = {
  'a frame without a mask': ['brokenFrame', frameBytes(ask, { isMasked: false })],
  'a compressed frame, where nobody agreed to any': [
    'brokenFrame',
    frameBytes(deflateRawSync(Buffer.alloc(10 * 1024 * 1024)), { reserved: 4 }),
  ],
  'the second reserved bit': ['brokenFrame', frameBytes(ask, { reserved: 2 })],
  'the third reserved bit': ['brokenFrame', frameBytes(ask, { reserved: 1 })],
  'an unknown kind of data': ['brokenFrame', frameBytes(ask, { opcode: 3 })],
  'an unknown kind of control': ['brokenFrame', frameBytes('', { opcode: 11 })],
  'a part of what was never begun': ['brokenFrame', part(ask, continuation, true)],
  'a frame in the midst of another': ['brokenFrame', part('{"type":', text), part(ask, text, true)],
  'a ping in parts': ['brokenFrame', part('x', ping)],
  'a ping that is too long': ['brokenFrame', frameBytes('x'.repeat(126), { opcode: ping })],
  'half a close code': ['brokenFrame', frameBytes(Buffer.from([3]), { opcode: close })],
  'a close code that nobody may send': ['brokenFrame', frameBytes(Buffer.from([3, 0xed]), { opcode: close })],
  'a close reason of bad UTF-8': [
    'invalidUtf8',
    frameBytes(Buffer.concat([Buffer.from([3, 0xe8]), badUtf8]), { opcode: close }),
  ],
  'another request': ['brokenFrame', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  'text that is no UTF-8': ['invalidUtf8', frameBytes(badUtf8)],
  'text that ends within a character': ['invalidUtf8', part(half, text), part('"', continuation, true)],
  'binary data': ['binaryFrame', frameBytes(ask, { opcode: binary })],
  'binary data in parts': ['binaryFrame', part('{"type":', binary), part('"pong"}', continuation, true)],
  'more than a frame may hold': ['frameTooBig', frameBytes(tooLong)],
  'more than a frame may hold, announced alone': ['frameTooBig', frameBytes('', { length: 65_537n })],
  'more than there is in the world': ['frameTooBig', frameBytes('', { length: (1n << 63n) - 1n })],
  'parts that are too much together': [
    'frameTooBig',
    part(tooLong.slice(0, 40_000), text),
    part(tooLong.slice(0, 40_000), continuation),
  ],
  'too many parts': [
    'policy',
    part('"', text),
    ...Array.from({ length: limits.frameFragments }, () => part('x', continuation)),
  ],
  'too many empty parts': [
    'policy',
    part('', text),
    ...Array.from({ length: limits.frameFragments }, () => part('', continuation)),
  ],
}
