import type { Address } from './address.ts'

export type RedisAddress = { host: string; port: number; username: string; password: string }

/** The same address in the words of Redis clients. */
export function toRedisAddress({ host, port, user, password }: Address): RedisAddress {
  return { host, port, username: user, password }
}
