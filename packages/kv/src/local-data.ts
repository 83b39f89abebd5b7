import { ExpiringMap, type ExpiringMapOptions } from './expiring-map.ts'

/** What a process holds in its own memory in the place of Redis. */
export type LocalData = {
  readonly now: () => number
  readonly values: ExpiringMap<string>
  readonly sets: ExpiringMap<ReadonlySet<string>>
}

export function createLocalData(options: ExpiringMapOptions): LocalData {
  return { now: options.now, values: new ExpiringMap(options), sets: new ExpiringMap(options) }
}
