import type { Changes, Vault } from '@secureconnect/e2ee/groups'

/**
 * Under what a vault has what concerns key packages: those of this device, for one welcome or for many; which of them
 * served; and those of others that were handed out to it.
 */
export const packagePrefixes = {
  once: 'package:',
  lasting: 'last-resort:',
  used: 'used:',
  claimed: 'claimed:',
} as const

type Prefix = (typeof packagePrefixes)[keyof typeof packagePrefixes]

/** Until when it is of use stands in the name: what is over is found without being read. */
export const namePackage = (prefix: Prefix, { until, ref }: { until: number; ref: string }) =>
  `${prefix}${until}:${ref}`

/** The names under a prefix by what they name. */
export async function listByRef(vault: Vault, prefix: Prefix): Promise<ReadonlyMap<string, string>> {
  const names = await vault.list(prefix)
  return new Map(names.map((name) => [name.slice(name.lastIndexOf(':') + 1), name]))
}

/** Has go what no key package can be used for any more. */
export async function toForgettingOver(vault: Vault, now: number): Promise<Changes> {
  const names = await Promise.all(Object.values(packagePrefixes).map((prefix) => vault.list(prefix)))
  const over = names.flat().filter((name) => !(Number(name.split(':')[1]) >= now))
  return new Map(over.map((name) => [name, undefined]))
}
