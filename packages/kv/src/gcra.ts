import { Type } from 'typebox'
import { defineScript } from './script.ts'

type Bucket = {
  nowUs: number
  /** When the bucket is full again: GCRA's whole state. */
  fullAtUs: number
  intervalUs: number
  burst: number
}

/** What becomes of one more request: how long it must wait (0: it is taken), and the bucket's state afterwards. */
type Verdict = { waitUs: number; remaining: number; fullAtUs: number }

/** The generic cell rate algorithm: no more than burst + rate x time in any window, from one number per bucket. */
export function judge({ nowUs, fullAtUs, intervalUs, burst }: Bucket): Verdict {
  const capacityUs = intervalUs * burst
  // Never further ahead than an empty bucket: a clock set back or a rate that changed must lock nobody out.
  const currentUs = Math.min(Math.max(fullAtUs, nowUs), nowUs + capacityUs)
  const nextUs = currentUs + intervalUs
  const waitUs = nextUs - capacityUs - nowUs
  if (waitUs > 0) return { waitUs, remaining: 0, fullAtUs: currentUs }
  return { waitUs: 0, remaining: Math.floor((nowUs + capacityUs - nextUs) / intervalUs), fullAtUs: nextUs }
}

/** Microseconds between two requests at a steady rate, rounded to the slower side. */
export function toIntervalUs(perMinute: number): number {
  return Math.ceil(60_000_000 / perMinute)
}

/**
 * Takes one request from a bucket, by the clock of whoever holds it. Arguments: rate per minute, burst, replicas.
 * Answers the burst, how many are left, in how many microseconds the bucket is full, and how many to wait (0: taken).
 */
export const gcraScript = defineScript({
  name: 'rate_limit',
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = math.ceil(60000000 / ARGV[1])
local burst = tonumber(ARGV[2])
local capacity = interval * burst
local current = tonumber(redis.call('GET', KEYS[1]) or now)
current = math.min(math.max(current, now), now + capacity)
local next = current + interval
local wait = next - capacity - now
if wait > 0 then return {burst, 0, current - now, wait} end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return {burst, math.floor((now + capacity - next) / interval), next - now, 0}`,
  reply: Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer(), Type.Integer()]),
  runLocally({ values, now }, { keys: [key = ''], args }): [number, number, number, number] {
    const [perMinute = 1, wholeBurst = 1, replicas = 1] = args.map(Number)
    // Nobody knows here what the other replicas let through: each takes its share.
    const share = (whole: number) => Math.max(1, Math.floor(whole / replicas))
    const burst = share(wholeBurst)
    const nowUs = Math.floor(now() * 1_000)
    const bucket = {
      nowUs,
      fullAtUs: Number(values.get(key) ?? nowUs),
      intervalUs: toIntervalUs(share(perMinute)),
      burst,
    }
    const { waitUs, remaining, fullAtUs } = judge(bucket)
    const fullInUs = fullAtUs - nowUs
    // Written even when refused: who keeps asking is never the one to be evicted.
    values.set(key, String(fullAtUs), fullInUs / 1_000)
    return [burst, remaining, fullInUs, waitUs]
  },
})
