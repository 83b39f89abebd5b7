import { isIPv6 } from 'node:net'

/** The sixteen bytes of an IPv6 address, however it is written. */
function parseIPv6(address: string): number[] {
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [left = [], right = []] = written.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  const groups = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16))
  return groups.flatMap((group) => [group >> 8, group & 0xff])
}

/** An address without a port, as STUN writes it. */
export function encodeAddress(address: string): Buffer {
  const bytes = isIPv6(address) ? parseIPv6(address) : address.split('.').map(Number)
  return Buffer.from([0, isIPv6(address) ? 2 : 1, 0, 0, ...bytes])
}

/** Reads an address as STUN writes it, without its port; undefined where it is none. */
export function decodeAddress(value: Buffer): string | undefined {
  const bytes = value.subarray(4)
  if (value[1] === 1 && bytes.length === 4) return bytes.join('.')
  if (value[1] !== 2 || bytes.length !== 16) return undefined
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

/** Hides an address, or shows it again, from routers that would translate it, by what else stands in the message. */
export function maskAddress(value: Buffer, mask: Buffer): Buffer {
  const [familyBytes, headBytes] = [2, 4]
  return Buffer.from(
    value.map((byte, at) => {
      if (at < familyBytes) return byte
      return byte ^ (mask[at < headBytes ? at - familyBytes : at - headBytes] ?? 0)
    }),
  )
}
