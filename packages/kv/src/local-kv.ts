import type { Logger } from '@secureconnect/logging'
import { Channels } from './channels.ts'
import type { Kv } from './kv.ts'
import { createLocalData } from './local-data.ts'
import { addToSetScript, incrementScript } from './standard-scripts.ts'
import { createSubscription } from './subscription.ts'

export type LocalKvOptions = {
  /** Milliseconds on a clock that never goes back; tests bring their own. */
  now?: () => number
  /** Values, and as many sets, at most. */
  maxEntries?: number
  /** Told of listeners that throw; without it the process warns of them. */
  log?: Pick<Logger, 'error'>
}

const sweepEveryMs = 10_000
const usualMaxEntries = 100_000

/** Creates a Kv in this process's own memory: the embedded mode, and the stand-in while Redis is away. */
export function createLocalKv(options: LocalKvOptions = {}): Kv {
  const { now = () => performance.now(), maxEntries = usualMaxEntries, log } = options
  const data = createLocalData({ now, maxEntries })
  const { values, sets } = data
  const channels = new Channels((error) => {
    if (log) log.error({ error }, 'a listener failed')
    else process.emitWarning(error instanceof Error ? error : String(error))
  })
  const sweep = () => {
    values.sweep()
    sets.sweep()
  }
  const sweeper = setInterval(sweep, sweepEveryMs).unref()
  const close = async () => clearInterval(sweeper)

  return {
    isDegraded: false,
    get: async (key) => values.get(key),
    async set(key, value, { ttlMs, onlyIfAbsent = false }) {
      if (onlyIfAbsent && values.find(key)) return false
      values.set(key, value, ttlMs)
      return true
    },
    async delete(...keys) {
      for (const key of keys) {
        values.delete(key)
        sets.delete(key)
      }
    },
    increment: async (key, { by = 1, ttlMs }) => incrementScript.runLocally(data, { keys: [key], args: [by, ttlMs] }),
    async addToSet(key, members, { ttlMs }) {
      if (members.length > 0) addToSetScript.runLocally(data, { keys: [key], args: [ttlMs, ...members] })
    },
    async removeFromSet(key, members) {
      const entry = sets.find(key)
      if (!entry) return
      const value = new Set(entry.value)
      for (const member of members) value.delete(member)
      if (value.size > 0) sets.write(key, { ...entry, value })
      else sets.delete(key)
    },
    listSet: async (key) => [...(sets.get(key) ?? [])],
    publish: async (channel, message) => channels.deliver(channel, message),
    subscribe: async (channel, listener, { onGap } = {}) => {
      const remove = channels.add(channel, { listener, ...(onGap && { onGap }) })
      return createSubscription(async () => remove())
    },
    run: async (script, input) => script.runLocally(data, input),
    ping: async () => undefined,
    close,
    [Symbol.asyncDispose]: close,
  }
}
