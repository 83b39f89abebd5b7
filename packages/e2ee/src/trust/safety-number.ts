import { base64ToBytes, concatBytes, utf8 } from '../bytes.ts'

/** Somebody, by the identity keys of all his devices, as base64. */
export type Party = { userId: string; identityKeys: readonly string[] }

const groupDigits = 5
/** Of each of the two: 30 digits, so that nobody makes keys that look alike. */
const groupsOfOne = 6
const bytesOfGroup = 5

/** Digits that belong to one person's keys, whatever order they come in. */
async function digitsOf({ userId, identityKeys }: Party): Promise<string[]> {
  const keys = identityKeys.toSorted().map((key) => new Uint8Array(base64ToBytes(key)))
  const named = utf8(JSON.stringify(['SecureConnect safety number 1', userId, keys.length]))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-512', concatBytes([named, ...keys])))
  return Array.from({ length: groupsOfOne }, (_, group) => {
    const bytes = hash.subarray(group * bytesOfGroup, (group + 1) * bytesOfGroup)
    const number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) % 10n ** BigInt(groupDigits)
    return String(number).padStart(groupDigits, '0')
  })
}

/**
 * The number that two people compare by another way, such as aloud: it is the same for both, unless one of them is shown
 * keys that are not the other's.
 */
export async function createSafetyNumber(one: Party, other: Party): Promise<string> {
  const parties = one.userId < other.userId ? [one, other] : [other, one]
  return (await Promise.all(parties.map(digitsOf))).flat().join(' ')
}
