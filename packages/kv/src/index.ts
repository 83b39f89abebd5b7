export { type ConnectKvOptions, connectKv } from './connect-kv.ts'
export { createKv, type KvOptions, type SwitchedKv } from './create-kv.ts'
export type { Kv, Listener, SetOptions, SubscribeOptions, Subscription } from './kv.ts'
export { kvSettings } from './kv-settings.ts'
export type { LocalData } from './local-data.ts'
export { createLocalKv, type LocalKvOptions } from './local-kv.ts'
export { nudge } from './nudge.ts'
export {
  createRateLimiter,
  type Rate,
  type RateDecision,
  type RateLimiter,
  type RateLimiterOptions,
} from './rate-limiter.ts'
export type { RedisServer } from './redis-connection.ts'
export { RedisKv, type RedisKvOptions } from './redis-kv.ts'
export { defineScript, type KvScript, type ScriptDefinition, type ScriptInput } from './script.ts'
