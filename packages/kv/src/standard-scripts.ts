import { Type } from 'typebox'
import { defineScript } from './script.ts'

/** Adds to a counter and gives it an end when it has none. */
export const incrementScript = defineScript({
  name: 'increment',
  lua: `
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count`,
  reply: Type.Integer(),
  runLocally({ values, now }, { keys: [key = ''], args: [by, ttlMs] }) {
    const entry = values.find(key)
    const count = Number(entry?.value ?? 0) + Number(by)
    values.write(key, { value: String(count), expiresAt: entry?.expiresAt ?? now() + Number(ttlMs) })
    return count
  },
})

/** Adds members to a set and moves its end. */
export const addToSetScript = defineScript({
  name: 'add_to_set',
  lua: `
for i = 2, #ARGV do redis.call('SADD', KEYS[1], ARGV[i]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])`,
  reply: Type.Integer(),
  runLocally({ sets }, { keys: [key = ''], args: [ttlMs, ...members] }) {
    sets.set(key, new Set([...(sets.get(key) ?? []), ...members.map(String)]), Number(ttlMs))
    return 1
  },
})
